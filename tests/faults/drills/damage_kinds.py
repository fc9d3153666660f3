"""Every kind of file of a home, and the ways in which it is damaged."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        pattern: its files below the home; the first one is damaged.
        is_kept: nothing can make it again, so a run may refuse until it is put back.
        is_cache: losing it costs time only, so the doctor need not name it.
        base: the home it is damaged in: `by_hand` with a folder of exports of dates that no nightly run writes, or
            `erased` with an erased person.
        shares: the kinds with the same word are damaged in one home at once, since none hides another; without one, the
            kind has a home of its own.
        ways: the only damages that make it another file than people may have written; all without any.
    """

    name: str
    pattern: str
    is_kept: bool = False
    is_cache: bool = False
    base: str = "by_hand"
    shares: str = ""
    ways: tuple[str, ...] = ()


#: A link has no bytes of its own; settings that are gone or cut may be the ones that somebody wanted.
_OF_LINKS, _OF_SETTINGS = ("deleted", "a folder in its place"), ("a byte flipped", "garbage", "a folder in its place")
#: Text that people read, without a checksum.
_OF_TEXTS = ("deleted", "emptied", "a folder in its place")
KINDS = (
    Kind("events of the lake", "lake/events/*/*added.parquet", shares="first"),
    Kind("copies in the lake", "lake/events/*/*copies.parquet", shares="first"),
    Kind("keys", "lake/keys/*.parquet", shares="first"),
    Kind("entities", "lake/entities/participants/*/*.parquet", shares="first"),
    Kind("quarantine", "quarantine/*/*.parquet", shares="first"),
    Kind("commit", "lake/commits/*3.json", shares="second"),
    Kind("record of a run", "lake/history/runs/*.json", is_cache=True, shares="second"),
    Kind("version of the home", "lake/version", is_kept=True, is_cache=True),
    Kind("tombstones", "lake/tombstones/*.parquet", is_kept=True, base="erased"),
    Kind("checksums of tombstones", "lake/tombstones/*.json", is_cache=True, base="erased", shares="erased"),
    Kind("restated numbers", "lake/history/restatements/*.parquet", base="erased", shares="erased"),
    Kind("receipt", "lake/erasures/*.json", is_kept=True, is_cache=True, base="erased", shares="erased"),
    Kind("privacy.key", "privacy.key", is_kept=True, base="erased"),
    Kind("footfall.yml", "footfall.yml", is_kept=True, ways=_OF_SETTINGS),
    Kind("lock file", "footfall.lock", is_cache=True, shares="third"),
    Kind("warehouse.duckdb", "warehouse/warehouse.duckdb", is_cache=True, shares="third"),
    Kind("marts.duckdb", "warehouse/marts.duckdb", is_cache=True, shares="third"),
    Kind("finished.json", "warehouse/finished.json", is_cache=True, shares="third"),
    Kind("verified.json", "warehouse/verified.json", is_cache=True, shares="first"),
    Kind("export_hashes.parquet", "warehouse/export_hashes.parquet", is_cache=True, shares="third"),
    Kind("export_folders", "warehouse/export_folders", is_cache=True, shares="third"),
    Kind("dbt's manifest", "warehouse/dbt/manifest.json", is_cache=True, shares="third"),
    Kind("the kept manifest", "warehouse/dbt/kept_manifest", is_cache=True, shares="third"),
    Kind("dbt's partial parse", "warehouse/dbt/partial_parse.msgpack", is_cache=True, shares="third"),
    Kind("published file", "published/versions/*/footfall.duckdb", shares="second"),
    Kind("published Parquet", "published/versions/*/marts/fct_visits/*.parquet", shares="second"),
    Kind("current.json", "published/versions/*/current.json", shares="third"),
    Kind("state.json", "published/versions/*/state.json", shares="second"),
    Kind("files.json", "published/versions/*/files.json", shares="third"),
    Kind("link footfall.duckdb", "published/footfall.duckdb", is_kept=True, ways=_OF_LINKS, shares="third"),
    Kind("link current", "published/current", is_kept=True, ways=_OF_LINKS, shares="first"),
    Kind("link current.json", "published/current.json", is_kept=True, ways=_OF_LINKS, shares="second"),
    Kind("link marts", "published/marts", is_kept=True, ways=_OF_LINKS, shares="third"),
    Kind("page of checks", "published/checks.html", is_cache=True, shares="first"),
    Kind("exported CSV", "exports/forum/event/interaction_stats/paths.csv", shares="first"),
    Kind("export manifest", "exports/forum/event/manifest.json", shares="second"),
    Kind("CSV exported by hand", "exports/expo/2026-09-08_2026-09-08/interaction_stats/*.csv", shares="first"),
    Kind("manifest of a folder exported by hand", "exports/expo/2026-09-08_2026-09-08/manifest.json", shares="second"),
    Kind("index of exports", "exports/index.html", is_cache=True, shares="second"),
    Kind("Dagster's runs", "dagster/history/runs.db", is_cache=True, shares="second"),
    Kind("Dagster's events of a run", "dagster/history/runs/*-*.db", is_cache=True, shares="first"),
    Kind("Dagster's index", "dagster/history/runs/index.db", is_cache=True, shares="first"),
    Kind("Dagster's schedules", "dagster/schedules/schedules.db", is_cache=True, shares="third"),
    Kind("dagster.yaml", "dagster/dagster.yaml", is_cache=True, shares="third"),
    Kind("figures of the last run", "metrics/last_run.json", is_cache=True, shares="second"),
    Kind("metrics file", "metrics/footfall.prom", is_cache=True, ways=_OF_TEXTS, shares="third"),
    Kind("log file", "logs/footfall.log", is_cache=True, ways=_OF_TEXTS, shares="first"),
)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _flip(path: Path) -> None:
    """Another bit in a byte within the file, of a DuckDB file in many, since some of its blocks are free.

    Size and time of change stay, as they do where a disk rots.
    """
    before = path.stat()
    size = before.st_size
    with path.open("r+b") as file:
        for tenth in range(1, 10) if path.suffix == ".duckdb" else (5,):
            file.seek(size * tenth // 10)
            byte = file.read(1)
            file.seek(size * tenth // 10)
            file.write(bytes([byte[0] ^ 1]) if byte else b"")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "deleted": Path.unlink,
    "cut to half": _cut,
    "a byte flipped": _flip,
    "emptied": lambda path: os.truncate(path, 0),
    "garbage": lambda path: path.write_bytes(os.urandom(2000)),
    "a folder in its place": _make_folder,
}


#: The full dose.
TRIALS = sum(damage in (kind.ways or DAMAGES) for kind in KINDS for damage in DAMAGES)

"""Damage in a home: found before every run, and repaired from what is left (docs/reliability.md)."""

import contextlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from footfall.core import lock
from footfall.core.checksums import VerifiedFiles
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.state_files import remove, set_folder_aside
from footfall.spark.damage import remove_damaged_tables
from orchestration import damage_looks as looks
from orchestration.pending_work import mark_started

#: What each part is rebuilt from, as the remedy says.
REBUILT_FROM = {
    "lake": "the next `footfall run` loads the landing zone again",
    "quarantine": "the next `footfall run` loads the landing zone again; without that, the texts are lost",
    "warehouse": "the next `footfall run` builds every table again from the lake",
    "published": "the next `footfall run` publishes the tables again",
    "exports": "the next `footfall run` makes the folder again",
    "tombstones": "put lake/tombstones/ back from a backup of the home; until then nothing is loaded",
    "history": "the next `footfall run` sets the file aside; what it recorded is lost unless lake/history/ is put back "
    "from a backup first",
    "dagster": "the next `footfall run` sets it aside and begins a new one",
}


#: Files that a run writes when it needs them, and would not find its way around a folder in their place.
_WRITTEN_AGAIN = (
    "metrics/footfall.prom", "metrics/last_run.json", "logs/footfall.log", "warehouse/export_hashes.parquet",
    "warehouse/export_folders",
    "warehouse/dbt/manifest.json", "warehouse/dbt/partial_parse.msgpack", "warehouse/dbt/kept_manifest",
    "exports/index.html", "published/checks.html",
)


@dataclass(frozen=True)
class Damage:
    """One damaged file: its part of the home (a key of ``REBUILT_FROM``), its path, and what is wrong, as a phrase."""

    part: str
    path: Path
    problem: str

    @property
    def remedy(self) -> str:
        return f"{REBUILT_FROM[self.part].capitalize()}."


def look_for_damage(home: Home, *, deep: bool = False) -> list[Damage] | None:
    """`find_damage` for commands that change nothing; None while a run works, whose files come and go.

    Only the memory of what was verified is lost where ``deep`` finds damage.
    """
    holder = lock.holder(home)
    if holder is not None and holder.is_alive:
        return None
    found = find_damage(home, deep=deep, is_kept=False)
    if deep and found:
        # What only reading shows had been verified before: the next run has to read it too, to repair it.
        with contextlib.suppress(OSError):
            VerifiedFiles.forget(home)
    return found


def find_damage(
    home: Home, *, deep: bool = False, is_kept: bool = True, exports: Collection[str] | None = None
) -> list[Damage]:
    """Look at every file that has a manifest. Without ``deep``, only those that changed since they were verified.

    The cost is that of the names and times of files; contents are read where they changed. Call it under the lock.

    Args:
        deep: read every file.
        is_kept: remember which files were verified.
        exports: of the export folders that were verified before, only these are looked at, relative to ``exports/``.
    """
    from footfall.ingestion.damage import find_lake_damage
    from footfall.ingestion.exclusion.tombstone_checksums import find_damaged_tombstones
    from footfall.publishing.damage import find_published_damage, published_seq
    from footfall.publishing.history_checksums import find_damaged_history

    verified = VerifiedFiles(home)
    found = [Damage("tombstones", *one) for one in find_damaged_tombstones(home)]
    found += [Damage("history", *one) for one in find_damaged_history(home, verified, deep=deep)]
    found += [Damage("dagster", *one) for one in looks.look_at_dagster(home, verified, deep=deep)]
    for path, problem in find_lake_damage(home, verified, published_seq(home), deep=deep):
        found.append(Damage("quarantine" if home.quarantine in path.parents else "lake", path, problem))
    found += [Damage("warehouse", *one) for one in looks.look_at_warehouse(home, verified, deep=deep)]
    if home.published.is_dir() and any(home.published.iterdir()):
        found += [Damage("published", *one) for one in find_published_damage(home, verified, deep=deep)]
    found += [Damage("exports", *one) for one in looks.look_at_exports(home, verified, deep=deep, only=exports)]
    if is_kept and home.warehouse.is_dir():
        verified.save()
    return found


def heal(home: Home, settings: Settings, damage: Sequence[Damage], progress: Progress = quiet) -> None:
    """Remove what is damaged, so that the run that follows makes it again. Call it under the lock.

    Raises:
        FootfallError: the lake is damaged and cannot be loaded again, or tombstones are; nothing was changed.
    """
    for name in _WRITTEN_AGAIN:
        set_folder_aside(home.root / name)
    if not damage:
        return
    from footfall.ingestion.exclusion.tombstone_checksums import note_all, require_whole
    from footfall.publishing import damage as published
    from footfall.publishing import history_checksums

    require_whole(home)
    parts = {one.part for one in damage}
    for one in damage:
        progress(f"Damaged: {_name(home, one.path)}: {one.problem}.")
    if "published" in parts:
        # first of all, since the lake's repair asks what is published
        published.restore_links(home)
    if parts & {"lake", "quarantine"}:
        _empty_lake(home, settings, damage, progress)
    if "warehouse" in parts:
        _remove_warehouse(home, [one.path for one in damage if one.part == "warehouse"])
    if any(one.part == "published" and one.path.parent != home.published for one in damage):
        published.forget_content(home)
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    for one in damage:
        if one.part == "exports":
            from exports.folder.forget import forget_folder

            forget_folder(home.exports, one.path, settings.exports.ranges)
        elif one.part == "tombstones":
            note_all(home)
        elif one.part == "history":
            history_checksums.set_aside(one.path)
        elif one.part == "dagster":
            _set_aside(one.path, moment)
    mark_started(home)


def _empty_lake(home: Home, settings: Settings, damage: Sequence[Damage], progress: Progress) -> None:
    """Empty the lake, or where only texts of the quarantine are lost and cannot be read again, go on without them."""
    from footfall.ingestion.retention import replace_lost_quarantine

    try:
        files = load_again(home, settings)
    except FootfallError:
        if any(one.part == "lake" for one in damage):
            raise
        lost = [one.path for one in damage if one.part == "quarantine"]
        replace_lost_quarantine(home, lost)
        progress(f"The texts of rejected lines in {len(lost):,} files are lost; their counts and reasons are not.")
        return
    progress(f"The lake is loaded again from {files:,} landing files.")


def load_again(home: Home, settings: Settings) -> int:
    """Empty lake and warehouse, so that the run that follows loads everything from landing; the number of its files.

    Raises:
        FootfallError: the landing zone does not have everything that was loaded; nothing was changed.
    """
    from footfall.ingestion.damage import empty_lake
    from footfall.publishing.damage import forget_commits
    files = require_remedy(home, settings)
    forget_commits(home)
    empty_lake(home)
    _remove_warehouse(home)
    mark_started(home)
    return files


def _remove_warehouse(home: Home, damaged: Sequence[Path] = ()) -> None:
    """Let the next build be one from scratch, on either engine."""
    remove_damaged_tables(home, damaged)
    for path in (home.warehouse_file, home.marts_file):
        remove(path)
        remove(path.with_name(path.name + ".wal"))


def require_remedy(home: Home, settings: Settings) -> int:
    """Make sure that a damaged lake can be loaded again; return the number of landing files.

    Raises:
        FootfallError: it cannot; says what is lost.
    """
    from footfall.ingestion.damage import require_landing
    from footfall.publishing.damage import published_files, published_seq

    return require_landing(home, settings, published_files(home), published_seq(home))


def verify_written(home: Home, exports: Collection[str] | None = None) -> None:
    """At the end of a run, read back the files it wrote; blocks of DuckDB files, which it has just closed, are not.

    ``exports``: the export folders that it made, relative to ``exports/``; None: any.

    Damage found here is found and repaired by the next run.
    """
    from footfall.publishing.versions import current_version

    version = current_version(home)
    published = [version / "footfall.duckdb"] if version is not None else []
    VerifiedFiles.note(home, [home.warehouse_file, home.marts_file, *published])
    find_damage(home, exports=exports)


def _set_aside(path: Path, moment: str) -> None:
    for one in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if one.exists():
            one.replace(one.with_name(f"{one.name}.damaged-{moment}"))


def _name(home: Home, path: Path) -> str:
    try:
        return path.relative_to(home.root).as_posix()
    except ValueError:
        return str(path)

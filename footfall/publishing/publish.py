"""Publish: copy the finished marts, add the `ops` tables and the Parquet files, and swap the new version in."""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from footfall.core import file_modes
from footfall.core.database import connect
from footfall.core.errors import FootfallError
from footfall.core.explain import find_shortage
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.state_files import read_json, write_json
from footfall.ingestion.ledger.ledger import Lake, read_lake
from footfall.publishing import versions
from footfall.publishing.compare import Previous, compare
from footfall.publishing.content import Content, read_content
from footfall.publishing.copying import STORAGE_VERSION, finished_marts, rewrite, validate
from footfall.publishing.damage import write_checksums
from footfall.publishing.held_back import HeldBack, as_published, held_back
from footfall.publishing.hidden_ops import hide_in_ops
from footfall.publishing.history import RunRecord, record_run
from footfall.publishing.next_file import file_stamp, make_file
from footfall.publishing.ops import write_ops
from footfall.publishing.parquet import write_parquet
from footfall.publishing.projection import ANSWERS_TABLE, Projected, project, protected_workspaces
from footfall.publishing.shows_more import shows_more, withdraw_older
from footfall.transform.engine import engine_of


@dataclass(frozen=True)
class Published:
    """What a publication did.

    ``tables``: rows per table of ``marts``. ``restated``: already published numbers of finished days that changed.
    ``is_new`` is False where nothing had changed and the version before stays. ``bytes``: size of the DuckDB file.
    """

    version: str
    path: Path
    is_new: bool
    load_date: date | None
    tables: dict[str, int]
    restated: int = 0
    files_written: int = 0
    files_shared: int = 0
    bytes: int = 0


def publish(
    home: Home,
    settings: Settings,
    *,
    run: RunRecord,
    published_at: datetime,
    checks: Sequence[Any] = (),
    fingerprint: str | None = None,
    lake_seq: int | None = None,
    changed_dates: Collection[date] | None = None,
    built_since: int | None = None,
    progress: Progress = quiet,
) -> Published:
    """Publish `<home>/warehouse/marts.duckdb`, which no process may have open.

    Until the swap, readers see the old version; from it on, the new one; there is nothing between. Publishing
    again with the same marts, commits and definitions changes nothing. Costs: the rows on changed dates, written and
    hashed (``publishing.next_file``), and Parquet files for those dates. Where a workspace protects people, a new file
    is written and hashed instead (``publishing.projection``); older versions that show people hidden now are removed.

    Args:
        run: this run, as far as it has come; recorded in the history and in ``ops.runs`` as published.
        published_at: UTC; the only clock reading in what is written.
        checks: results of this run's checks (``footfall.checks.result.CheckResult``), for ``ops.checks``.
        fingerprint: of the definitions the marts were built with; a new one explains restated numbers. None: not
            known, taken to be that of the version before.
        lake_seq: the newest commit in the build; default: the newest there is.
        changed_dates: the only local dates on which the build changed big facts; None: find out by reading every row.
        built_since: the commit the build started from. Where that is not the commit now published, as after a night
            that was built and refused, ``changed_dates`` is incomplete and is not used.

    Raises:
        DiskFull, NotEnoughMemory: the new version could not be written completely for lack of room.
        FootfallError: no finished marts, marts still open, or the new version could not be written for another reason.
        SettingsError: a workspace protects people and the key of pseudonyms cannot be had.
    """
    marts = finished_marts(home)
    engine = engine_of(home, settings)
    versions.sweep(home, settings.publishing.keep_versions)
    folder = versions.new_version(home, published_at)
    aside = versions.aside(folder)
    lake = read_lake(home, through=lake_seq)
    is_projected, unread = protected_workspaces(home, marts, lake)
    held = held_back(lake, settings.checks.max_quarantined_share)
    previous = read_previous(home)
    if previous is None or built_since != previous.current["lake_seq"]:
        changed_dates = None
    if is_projected or (previous is not None and previous.current.get("is_projected")):
        # What may be seen changes on dates that the build did not touch.
        changed_dates = None
    if fingerprint is None and previous is not None:
        fingerprint = previous.current["fingerprint"]
    try:
        aside.mkdir(parents=True)
        if previous is not None and shows_more(previous.file, marts):
            progress("Writing the marts again without the people who are hidden now.")
            rewrite(marts, settings, home.temp)
            changed_dates = None
        if is_projected:
            progress("Writing the tables without protected people.")
            projected = project(
                home, settings, marts, aside / "footfall.duckdb", lake, unread, version=folder.name, previous=previous,
            )
        else:
            projected = Projected()
            make_file(
                home, settings, marts, aside, lake, previous=previous, fingerprint=fingerprint,
                changed_dates=changed_dates, progress=progress,
            )
        with connect(aside / "footfall.duckdb", settings=settings.duckdb, temp=home.temp) as con:
            con.execute(ANSWERS_TABLE)
            content = read_content(con, "marts", previous.content if previous else None, changed_dates)
            is_same = previous is not None and _is_same(previous, content, lake, fingerprint, held)
            if previous is not None and is_same and engine.has_version(previous.current):
                shutil.rmtree(aside)
                progress("Nothing changed; the published version stays.")
                withdraw_older(home)
                engine.follow(versions.kept_documents(home))
                return _unchanged(previous, content)
            restated = 0
            if previous is not None:
                progress("Comparing with what was published.")
                restated = compare(
                    con, home, previous, content, lake.since(previous.current["lake_seq"]),
                    run_id=run.run_id, restated_at=_naive(published_at),
                    is_redefined=fingerprint != previous.current["fingerprint"], progress=progress,
                )
            record_run(home, _as_published(run, published_at), checks)
            hide = partial(hide_in_ops, data_as_of=projected.data_as_of, few=projected.few) if is_projected else None
            ops = write_ops(con, home, lake, hide=hide, held=held)
            progress("Writing Parquet files.")
            written, shared = write_parquet(
                con, "marts", aside / "marts", content,
                previous.content if previous else None, previous.folder / "marts" if previous else None,
            )
            con.execute("checkpoint")
        current = _current(folder, run, published_at, content, ops, lake, fingerprint) | {
            "is_projected": is_projected, "held_back": as_published(held), "data_as_of": projected.data_as_of,
            "is_withdrawing": projected.is_withdrawing,
        } | engine.name_version(run.run_id, projected.workspaces)
        validate(aside / "footfall.duckdb", {
            **{f"marts.{name}": rows for name, rows in _rows(content).items()},
            **{f"ops.{name}": rows for name, rows in ops.items()},
        })
        stamp = {} if is_projected else file_stamp(aside / "footfall.duckdb")
        write_json(aside / "state.json", content.to_json() | stamp)
        write_checksums(aside, previous.folder if previous else None)
        write_json(aside / "current.json", current)
        file_modes.copy_mode(home.published, aside)
        versions.complete(folder)
        progress("Swapping the new version in.")
        versions.swap(home, folder)
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        shutil.rmtree(aside, ignore_errors=True)
        if shortage := find_shortage(error, home):
            raise shortage from error
        raise FootfallError(
            f"The new version could not be written: {_reason(error)}", where=str(home.published),
            hint="What was published stays as it is. Free disk space or repair the folder, then run again.",
        ) from error
    withdraw_older(home)
    versions.sweep(home, settings.publishing.keep_versions)
    engine.follow(versions.kept_documents(home))
    path = folder / "footfall.duckdb"
    return Published(
        folder.name, path, True, _date(lake.load_date), _rows(content), restated, written, shared, path.stat().st_size
    )


def read_previous(home: Home) -> Previous | None:
    """The version that readers see now; None without one, or when its own files are damaged."""
    folder = versions.current_version(home)
    if folder is None:
        return None
    current, state = read_json(folder / "current.json"), read_json(folder / "state.json")
    try:
        return Previous(folder, current, Content.from_json(state)) if current and state else None
    except KeyError:
        return None


def _is_same(
    previous: Previous, content: Content, lake: Lake, fingerprint: str | None, held: Sequence[HeldBack]
) -> bool:
    return (
        previous.current["lake_seq"] == lake.seq
        and previous.current["fingerprint"] == fingerprint
        and previous.content == content
        and previous.current.get("held_back", []) == as_published(held)
    )


def _unchanged(previous: Previous, content: Content) -> Published:
    path, load_date = previous.file, _date(previous.load_date)
    return Published(previous.folder.name, path, False, load_date, _rows(content), bytes=path.stat().st_size)


def _as_published(run: RunRecord, published_at: datetime) -> RunRecord:
    return RunRecord(**{**run.__dict__, "finished_at": published_at, "status": "published"})


def _current(
    folder: Path, run: RunRecord, published_at: datetime, content: Content, ops: dict[str, int], lake: Lake,
    fingerprint: str | None,
) -> dict[str, Any]:
    """The document of contract section 1, and what the next publication and the exports need."""
    return {
        "run_id": run.run_id,
        "published_at": f"{_naive(published_at).isoformat(timespec='seconds')}Z",
        "load_date": lake.load_date,
        "storage_version": STORAGE_VERSION,
        "tables": _rows(content),
        "ops_tables": ops,
        "hashes": {name: table.hash for name, table in sorted(content.tables.items())},
        "lake_seq": lake.seq,
        "fingerprint": fingerprint,
        "version": folder.name,
        "file": f"versions/{folder.name}/footfall.duckdb",
    }


def _rows(content: Content) -> dict[str, int]:
    return {name: table.rows for name, table in sorted(content.tables.items())}


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return text if text.endswith(".") else text + "."


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment

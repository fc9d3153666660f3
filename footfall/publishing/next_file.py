"""The DuckDB file of the next version: the finished marts, without writing again what did not change.

File systems that share blocks (XFS, Btrfs) copy a file at no cost. Elsewhere a copy writes everything that was ever
loaded, each night. So the file of the oldest version, which this publication would remove, becomes the next one: rows
of dates that changed since are replaced in it. Where that is not possible, or not worth it, the bytes are copied.
"""

import fcntl
import os
import shutil
import signal
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal, value
from footfall.core.home import Home
from footfall.core.progress import Progress
from footfall.core.settings import Settings
from footfall.core.state_files import read_json
from footfall.ingestion.ledger.ledger import Lake
from footfall.publishing import versions
from footfall.publishing.compare import Previous
from footfall.publishing.content import DATED, UNDATED, Content, TableContent, read_content
from footfall.publishing.copying import clone, copy_database
from footfall.publishing.projection import attached
from footfall.publishing.shows_more import shows_more

_NAME = "footfall.duckdb"
#: Replacing rows costs more than copying bytes: only where no more than this share of all rows changed.
_MOST_CHANGED = 0.25
#: What decides how a table behaves, besides its rows; a version's own tables are not in the marts.
_DEFINITIONS = """
    select 'column', table_name, column_index, column_name, data_type, is_nullable, column_default, comment
    from duckdb_columns() where database_name = $name and schema_name = 'marts' and table_name <> 'anonymized_answers'
    union all
    select 'table', table_name, 0, null, substr(sql, strpos(sql, '(')), null, null, comment
    from duckdb_tables() where database_name = $name and schema_name = 'marts' and table_name <> 'anonymized_answers'
    union all
    select 'view', schema_name, 0, view_name, sql, null, null, null
    from duckdb_views() where database_name = $name and not internal
    order by all
"""


def make_file(
    home: Home, settings: Settings, marts: Path, aside: Path, lake: Lake, *, previous: Previous | None,
    fingerprint: str | None, changed_dates: Collection[date] | None, progress: Progress,
) -> None:
    """Write ``footfall.duckdb`` into ``aside``: every table of the closed file ``marts``, and perhaps older ones of
    schema ``ops``.

    Args:
        changed_dates: the only local dates on which the build changed big facts since ``previous``; None: not known.

    Raises:
        OSError, duckdb.Error: no room, no permission.
    """
    target = aside / _NAME
    if clone(marts, target):
        return
    if previous is not None and changed_dates is not None:
        old = _oldest(home, settings, marts, previous, lake, fingerprint)
        new = _content(home, settings, marts, previous.content, changed_dates) if old is not None else None
        # Where nothing changed there is no new version, and the oldest one stays.
        if old is not None and new is not None and not new.tables.items() <= previous.content.tables.items():
            progress("Bringing the oldest version up to date.")
            if _take(old.folder, target) and _bring_up_to_date(home, settings, marts, target, old.content, new):
                return
            target.unlink(missing_ok=True)
            target.with_name(f"{_NAME}.wal").unlink(missing_ok=True)
    progress("Copying the finished marts.")
    copy_database(marts, target)


def file_stamp(path: Path) -> dict[str, list[int]]:
    """Size and time of change of a version's file, by which the version that takes it over knows it.

    The file of a version that hides people never becomes another one, so it needs none.
    """
    stat = path.stat()
    return {"file": [stat.st_size, stat.st_mtime_ns]}


def is_unread(path: Path) -> bool:
    """Whether no process has the file open, readers on other machines with a lock included; False where that is not
    known.

    The kernel grants a lease for writing to the only one who has a file open.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        # Somebody who opens it meanwhile waits, and this signal, which nobody listens to, comes in place of one that
        # ends the process.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError:
        return False
    finally:
        os.close(file)
    return True


def _oldest(
    home: Home, settings: Settings, marts: Path, previous: Previous, lake: Lake, fingerprint: str | None
) -> Previous | None:
    """The oldest version, if its file may become the next one; this publication then removes it in any case."""
    keep, least = settings.publishing.keep_versions, settings.publishing.reuse_above_mb
    found = versions.list_versions(home)
    if keep < 2 or len(found) < keep or least is None or marts.stat().st_size < least * 1_000_000:
        return None
    folder = found[0]
    current, state = read_json(folder / "current.json"), read_json(folder / "state.json")
    if folder == previous.folder or current is None or state is None or not (folder / _NAME).is_file():
        return None
    old = Previous(folder, current, Content.from_json(state))
    is_ours = file_stamp(old.file).items() <= state.items() and old.file.stat().st_nlink == 1
    is_alike = (
        old.content.engine == duckdb.__version__ and current.get("fingerprint") == fingerprint
        and not current.get("is_projected")
    )
    # What was erased or hidden since may still be in the bytes of its freed blocks.
    is_complete = not any(commit.kind == "erasure" for commit in lake.since(current["lake_seq"]))
    is_small = old.file.stat().st_size < 2 * marts.stat().st_size
    if not (is_ours and is_alike and is_complete and is_small) or shows_more(old.file, marts):
        return None
    return old if is_unread(old.file) else None


def _take(version: Path, target: Path) -> bool:
    """Move the file of a version that nobody reads to ``target``, and remove the version; False: somebody reads it."""
    gone = versions.aside(version)
    shutil.rmtree(gone, ignore_errors=True)
    version.rename(gone)
    # Nobody finds it here who did not open it before.
    (gone / _NAME).rename(target)
    shutil.rmtree(gone)
    return is_unread(target)


def _content(
    home: Home, settings: Settings, marts: Path, previous: Content, changed_dates: Collection[date]
) -> Content:
    with attached(marts, settings, home.temp) as con:
        con.execute("use built")
        return read_content(con, "marts", previous, changed_dates)


def _bring_up_to_date(home: Home, settings: Settings, marts: Path, path: Path, old: Content, new: Content) -> bool:
    """Let a file with the rows of ``old`` have those of the marts, ``new``; False where copying is better.

    Every row that was written is read again and compared, and so is the number of rows of every table.
    """
    changed = {
        table: _changed_days(table, now, old.tables.get(table))
        for table, now in new.tables.items() if now != old.tables.get(table)
    }
    rows = sum(_rows_on(new.tables[table], days) for table, days in changed.items())
    if rows > _MOST_CHANGED * sum(table.rows for table in new.tables.values()):
        return False
    with connect(path, settings=settings.duckdb, temp=home.temp) as con:
        con.execute(f"attach {quote_literal(str(marts))} as built (read_only)")
        if _definitions(con, value(con, "select current_database()")) != _definitions(con, "built"):
            return False
        for table, days in changed.items():
            _replace(con, quote_identifier(table), days)
        con.execute("detach built")
        con.execute("checkpoint")
        dates = {date.fromisoformat(day) for days in changed.values() for day in days or () if day != UNDATED}
        found = read_content(con, "marts", old, dates)
        return {name: table for name, table in found.tables.items() if name in new.tables} == new.tables


def _changed_days(table: str, new: TableContent, old: TableContent | None) -> set[str] | None:
    """Days of a table whose rows differ; None: the whole table is written again."""
    return new.changed_since(old) if table in DATED and new.is_dated else None


def _rows_on(table: TableContent, days: Collection[str] | None) -> int:
    return table.rows if days is None else sum(table.parts[day][0] for day in days if day in table.parts)


def _replace(con: duckdb.DuckDBPyConnection, table: str, days: Collection[str] | None) -> None:
    if days is None:
        con.execute(f"delete from marts.{table}")
        con.execute(f"insert into marts.{table} from built.marts.{table}")
        return
    where = "local_date in (select unnest($days::varchar[])::date)"
    dates = sorted(day for day in days if day != UNDATED)
    if dates:
        # literal bounds let whole row groups be skipped
        where = f"local_date between {quote_literal(dates[0])} and {quote_literal(dates[-1])} and {where}"
        con.execute(f"delete from marts.{table} where {where}", {"days": dates})
        con.execute(f"insert into marts.{table} from built.marts.{table} where {where}", {"days": dates})
    if UNDATED in days:
        con.execute(f"delete from marts.{table} where local_date is null")
        con.execute(f"insert into marts.{table} from built.marts.{table} where local_date is null")


def _definitions(con: duckdb.DuckDBPyConnection, database: str) -> list[tuple[Any, ...]]:
    return con.execute(_DEFINITIONS, {"name": database}).fetchall()

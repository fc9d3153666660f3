"""The loader's DuckDB: in memory, spilling to the home's temp folder, with the SQL of the stages."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_literal, value
from footfall.core.errors import FootfallError
from footfall.core.explain import find_shortage
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.vocabulary import names, vocabulary
from footfall.ingestion.consent import in_line
from footfall.ingestion.validation import event_repairs, text_functions

EVENT_COLUMNS = (
    "load_date", "file_id", "line_number", "workspace_id", "message_id", "user_id", "anonymous_id", "device_id", "type",
    "event", "occurred_at", "original_timestamp", "sent_at", "received_at", "os", "os_version", "app_version",
    "timezone", "module", "content_type", "content_id", "content_title", "duration_seconds", "query", "results",
    "properties", "content_hash",
)
EVENT_LIST = ", ".join(EVENT_COLUMNS)
#: SQL of ``content_hash`` over a lake row.
CONTENT_HASH = (
    "content_hash_of(user_id, anonymous_id, device_id, type, event, original_timestamp, occurred_at, os, os_version, "
    "app_version, timezone, module, content_type, content_id, content_title, duration_seconds, query, results, "
    "properties)"
)
#: Of 500,000 events: 38 MB in 1.0 s of CPU; with version 1 pages 46 MB in 1.2 s, with zstd 22 MB in 1.3 s.
PARQUET = "(format parquet, compression snappy, parquet_version v2)"


@cache
def sql(name: str) -> str:
    """The text of ``<name>.sql`` in the folder ``sql`` of one of the stages."""
    (path,) = Path(__file__).parent.rglob(f"sql/{name}.sql")
    return path.read_text(encoding="utf-8")


def open_loader(home: Home, settings: Settings) -> duckdb.DuckDBPyConnection:
    """A scratch database for one load. Order is kept, so the same files give the same lake.

    It holds strangers' data and executes mappings, so it reaches only what Footfall itself wrote.
    """
    home.temp.mkdir(parents=True, exist_ok=True)
    con = connect(
        settings=settings.duckdb, temp=home.temp, folders=(home.lake, home.quarantine, home.warehouse),
    )
    con.execute("set preserve_insertion_order = true")
    text_functions.register(con, settings.ids.not_an_id)
    event_repairs.register(con)
    in_line.register(con, settings.consent.analytics_keys)
    con.execute(
        "set variable zones = (select map_from_entries(list((lower(name), name))) from pg_timezone_names())"
    )
    words = [word.strip().lower() for word in settings.ids.not_an_id]
    known = vocabulary()
    systems = " ".join(
        f"when lower(os) in ({_literals(system.spellings)}) then {quote_literal(system.name)}"
        for system in known.operating_systems if system.spellings
    )
    given = {
        "not_an_id": _literals(words) or "null",
        "longest_word": str(max((len(word.encode()) for word in words), default=0)),
        "content_types": _literals(names(known.content_types)), "systems": systems,
        **in_line.patterns(settings.consent.analytics_keys),
    }
    for macros in ("macros", "repairs", "clients", "consent"):
        text = sql(macros)
        for name, listed in given.items():
            text = text.replace(f"{{{name}}}", listed)
        con.execute(text)
    return con


def _literals(words: Iterable[str]) -> str:
    return ", ".join(map(quote_literal, words))


def parquet(home: Home, paths: Iterable[str], *, later: str = "") -> str:
    """SQL of a scan over lake files, given relative to the home; folder names are not read as columns.

    Args:
        later: columns (SQL) that files of older versions lack; they are null there.
    """
    files = ", ".join(quote_literal(str(home.root / path)) for path in paths)
    if not later:
        return f"read_parquet([{files}], hive_partitioning = false, filename = true)"
    columns = (column.split(" ", 1) for column in later.split(", "))
    nulls = ", ".join(f"null::{kind} as {name}" for name, kind in columns)
    return (
        f"(select {nulls} where false union all by name select * from "
        f"read_parquet([{files}], hive_partitioning = false, filename = true, union_by_name = true))"
    )


def write(con: duckdb.DuckDBPyConnection, home: Home, query: str, path: str, parameters: dict | None = None) -> int:
    """Write the rows of ``query`` to the Parquet file ``path`` (relative to the home) and return how many.

    Raises:
        FootfallError: the disk is full or the folder cannot be written.
    """
    target = home.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        return value(con, f"copy ({query}) to {quote_literal(str(target))} {PARQUET}", parameters)
    except duckdb.IOException as error:
        raise disk_error(error, target) from error


def disk_error(error: Exception, path: Path) -> FootfallError:
    """The error for a file of the home that cannot be written or read; of its own kind for lack of disk or memory."""
    if shortage := find_shortage(error):
        shortage.where = shortage.where or str(path)
        return shortage
    reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
    return FootfallError(
        f"A file of the home cannot be written or read: {reason}.", where=str(path),
        hint="Nothing of this load date was committed. Free disk space or correct the permissions, then run again.",
    )

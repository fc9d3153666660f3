"""The one way to open DuckDB here: UTC, bounded memory, no downloads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import duckdb

from footfall.settings import DuckDBSettings

T = TypeVar("T")


def connect(
    path: Path | str = ":memory:",
    *,
    read_only: bool = False,
    settings: DuckDBSettings | None = None,
    temp: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database with the settings every part of Footfall relies on.

    Args:
        path: database file, or ``:memory:``.
        read_only: open for reading only; many readers may.
        settings: memory and threads; the defaults where absent.
        temp: folder for what does not fit in memory.
    """
    options = settings or DuckDBSettings()
    config: dict[str, str | int] = {
        "TimeZone": "UTC",
        "memory_limit": options.memory_limit,
        "autoinstall_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    if options.threads:
        config["threads"] = options.threads
    if temp is not None:
        config["temp_directory"] = str(temp)
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    # DuckDB 2.0 draws it on standard output, terminal or not: in the middle of what --json prints.
    con.execute("set enable_progress_bar = false")
    return con


@contextmanager
def little_memory(con: duckdb.DuckDBPyConnection, megabytes: int) -> Iterator[None]:
    """Let the connection work on disk rather than in memory, with so many megabytes a thread, if it had more.

    A statement that cannot do with so little is for ``with_room``.
    """
    # DuckDB tells its limit cut off after one digit, so what is told first is kept for the next time.
    con.execute("set variable whole_memory = coalesce(getvariable('whole_memory'), current_setting('memory_limit'))")
    con.execute(
        "set variable little_memory = least(parse_formatted_bytes(getvariable('whole_memory')), "
        "current_setting('threads') * ? * 1000000) || 'B'", [megabytes],
    )
    _limit(con, _variable(con, "little_memory"))
    try:
        yield
    finally:
        con.execute("reset variable little_memory")
        con.execute(f"set memory_limit = '{_variable(con, 'whole_memory')}'")


def with_room(con: duckdb.DuckDBPyConnection, run: Callable[[], T]) -> T:
    """Run a statement; one that ``little_memory`` is too little for, again with all the memory the connection had."""
    try:
        return run()
    except duckdb.OutOfMemoryException:
        if _variable(con, "little_memory") is None:
            raise
        con.execute(f"set memory_limit = '{_variable(con, 'whole_memory')}'")
        try:
            return run()
        finally:
            give_back(con)


def give_back(con: duckdb.DuckDBPyConnection) -> None:
    """In ``little_memory``, give back to the machine what DuckDB keeps of what it has put on disk."""
    little = _variable(con, "little_memory")
    if little is not None:
        con.execute("set allocator_flush_threshold = '1MB'")
        _limit(con, "16MB")
        _limit(con, little)


def _limit(con: duckdb.DuckDBPyConnection, size: str) -> None:
    # refused where what is in use is more: the limit stays as it was
    with suppress(duckdb.OutOfMemoryException):
        con.execute(f"set memory_limit = '{size}'")


def _variable(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    return con.execute(f"select getvariable('{name}')").fetchall()[0][0]


def quote_identifier(name: str) -> str:
    """Quote ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Quote ``text`` as an SQL string, for the places that take no parameters (COPY targets, ATTACH, views)."""
    return "'" + text.replace("'", "''") + "'"

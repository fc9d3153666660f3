"""The one way to open DuckDB here: UTC, bounded memory, no downloads; no other files where it reads strangers' data."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from footfall.core.settings import DuckDBSettings

T = TypeVar("T")
Config = dict[str, str | bool | int | float | list[str]]
#: Statements by text: ``parsed``.
_PARSED: dict[str, duckdb.Statement] = {}
#: No extension is fetched or loaded, no secret is kept, and no name in a query means a variable of Python.
_CLOSED: Config = {
    "autoinstall_known_extensions": "false", "allow_community_extensions": "false",
    "allow_extension_repositories": "forbidden", "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
#: What may still be set after the configuration was locked: how much memory is used, and the order of rows.
_NOT_LOCKED = ("memory_limit", "allocator_flush_threshold", "preserve_insertion_order")


def connect(
    path: Path | str = ":memory:",
    *,
    read_only: bool = False,
    settings: DuckDBSettings | None = None,
    temp: Path | None = None,
    folders: Iterable[Path] | None = None,
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB database with the settings every part of Footfall relies on.

    A connection that only reads a file opens no other file. Nothing it executes can change that.

    Args:
        path: database file, or ``:memory:``.
        read_only: open for reading only; many readers may.
        settings: memory and threads; the defaults where absent.
        temp: folder for what does not fit in memory.
        folders: the only folders whose files queries may read and write, for a database in memory.
    """
    options = settings or DuckDBSettings()
    config: Config = {
        **_CLOSED, "TimeZone": "UTC", "memory_limit": options.memory_limit, "preserve_insertion_order": "false",
    }
    if read_only:
        config["enable_external_access"] = "false"
    if options.threads:
        config["threads"] = options.threads
    if temp is not None:
        config["temp_directory"] = str(temp)
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    # DuckDB 2.0 draws it on standard output, terminal or not: in the middle of what --json prints.
    con.execute("set enable_progress_bar = false")
    # Not before: the option TimeZone is known only once the extension icu, which is in the wheel, has been loaded.
    con.execute("set autoload_known_extensions = false")
    if folders is not None:
        _close(con, folders)
    return con


def _close(con: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> None:
    """Let queries reach files of ``folders`` only, under each path that leads there, for as long as it is open."""
    paths = sorted({str(path) for folder in folders for path in (folder, folder.resolve())})
    con.execute(f"set allowed_directories = [{', '.join(map(quote_literal, paths))}]")
    con.execute("set enable_external_access = false")
    con.execute(f"set allowed_configs = [{', '.join(map(quote_literal, _NOT_LOCKED))}]")
    con.execute("set lock_configuration = true")


def value(con: duckdb.DuckDBPyConnection, query: str, parameters: object = None) -> Any:
    """The one value of a query. Fetched to its end: DuckDB 2.0 refuses some work while a result is open."""
    return con.execute(query, parameters or {}).fetchall()[0][0]


def parsed(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """A statement for ``execute``, parsed once a process: over few rows parsing is a seventh of what a statement costs.

    Args:
        con: any connection; nothing of it stays with the statement.
        sql: one statement whose text does not hold values, so that there are only so many.
    """
    if sql not in _PARSED:
        (_PARSED[sql],) = con.extract_statements(sql)
    return _PARSED[sql]


def arrow(
    con: duckdb.DuckDBPyConnection, query: str | duckdb.Statement, values: object, *, is_large: bool = False
) -> pa.Table:
    """The rows of a query, in their order, with all the memory it needs (``with_full_memory``).

    Args:
        values: its parameters, by position or by name.
        is_large: there may be very many rows: spare the memory of a copy of them, for some milliseconds.
    """
    if is_large:
        return with_full_memory(con, lambda: con.sql(query, params=values).to_arrow_table())
    with warnings.catch_warnings():
        # `con.sql` saves the copy, but plans each query twice, which costs more where rows are few
        warnings.simplefilter("ignore", UserWarning)
        return with_full_memory(con, lambda: con.execute(query, values).to_arrow_table())


@contextmanager
def limited_memory(con: duckdb.DuckDBPyConnection, megabytes: int) -> Iterator[None]:
    """Let the connection work on disk rather than in memory, with so many megabytes a thread, if it had more.

    A statement that cannot do with so little is for ``with_full_memory``. May be used inside itself.
    """
    before = _variable(con, "limited_memory")
    # DuckDB reports its limit rounded to one digit, so the first value is remembered.
    con.execute("set variable whole_memory = coalesce(getvariable('whole_memory'), current_setting('memory_limit'))")
    con.execute(
        "set variable limited_memory = least(parse_formatted_bytes(getvariable('whole_memory')), "
        "current_setting('threads') * ? * 1000000) || 'B'", [megabytes],
    )
    _limit(con, _variable(con, "limited_memory"))
    try:
        yield
    finally:
        con.execute("set variable limited_memory = ?", [before])
        con.execute(f"set memory_limit = '{before or _variable(con, 'whole_memory')}'")


def with_full_memory(con: duckdb.DuckDBPyConnection, run: Callable[[], T]) -> T:
    """Run a statement; one that ``limited_memory`` is too little for, again with all the memory the connection had."""
    try:
        return run()
    except duckdb.OutOfMemoryException:
        if _variable(con, "limited_memory") is None:
            raise
        con.execute(f"set memory_limit = '{_variable(con, 'whole_memory')}'")
        try:
            return run()
        finally:
            release_disk_buffers(con)


def release_disk_buffers(con: duckdb.DuckDBPyConnection) -> None:
    """In ``limited_memory``, return to the system what DuckDB caches of its spilled data."""
    if _variable(con, "limited_memory") is not None:
        con.execute("set allocator_flush_threshold = '1MB'")
        release_memory(con)


def release_memory(con: duckdb.DuckDBPyConnection) -> None:
    """In ``limited_memory``, free what DuckDB caches of files it has read; 7 ms."""
    little = _variable(con, "limited_memory")
    if little is not None:
        _limit(con, "16MB")
        _limit(con, little)


def _limit(con: duckdb.DuckDBPyConnection, size: str | None) -> None:
    # refused where what is in use is more: the limit stays as it was
    with suppress(duckdb.OutOfMemoryException):
        con.execute(f"set memory_limit = '{size}'")


def _variable(con: duckdb.DuckDBPyConnection, name: str) -> str | None:
    return value(con, f"select getvariable('{name}')")


def quote_identifier(name: str) -> str:
    """Quote ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Quote ``text`` as an SQL string, for the places that take no parameters (COPY targets, ATTACH, views)."""
    return "'" + text.replace("'", "''") + "'"

"""The one way to open DuckDB here: UTC, bounded memory, no downloads."""

from pathlib import Path

import duckdb

from footfall.settings import DuckDBSettings


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


def quote_identifier(name: str) -> str:
    """Quote ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Quote ``text`` as an SQL string, for the places that take no parameters (COPY targets, ATTACH, views)."""
    return "'" + text.replace("'", "''") + "'"

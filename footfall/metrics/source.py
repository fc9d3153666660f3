"""Where answers come from: the published file, read only, and a copy of one workspace for many questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import duckdb

from footfall.core.database import connect
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import read_json
from footfall.metrics.scope import forget, protection, scope, slice_days
from footfall.spark.workspace_rows import WorkspaceTables, published_tables, rows_of_workspace


def open_published(home: Home, settings: Settings | None = None) -> duckdb.DuckDBPyConnection:
    """Open the current published version for reading; it stays the same version however often a run publishes.

    Schemas ``marts`` and ``ops`` are reachable by these names.

    Raises:
        FootfallError: nothing is published yet.
    """
    if not home.published_file.exists():
        raise FootfallError(
            "Nothing is published yet.", where=str(home.published_file), hint="Run `footfall run` first."
        )
    # The path is a link that the next publication swaps; the file behind it stays.
    return connect(
        home.published_file.resolve(), read_only=True, settings=settings.duckdb if settings else None, temp=home.temp
    )


def slice_workspace(
    con: duckdb.DuckDBPyConnection, workspace_id: str, start: date | None = None, end: date | None = None
) -> None:
    """Copy one workspace's rows into temporary tables, so that every question about it is cheap.

    The first question about a workspace does this too, for all days. The connection holds one slice: another
    workspace's is dropped.

    Args:
        start, end: only the rows of these days are read; questions about other days read all of them.

    Raises:
        UsageError: no workspace of that id is published.
    """
    slice_days(con, workspace_id, start, end)
    scope(con, workspace_id)


def workspace_tables(home: Home, settings: Settings, published: Path) -> WorkspaceTables | None:
    """The tables of Iceberg behind a published file, from which one workspace's rows can be read; None on DuckDB.

    Also None where Python lacks pyiceberg: the published file has the same rows.

    Raises:
        FootfallError: the tables cannot be read.
    """
    if settings.warehouse.engine != "spark" or find_spec("pyiceberg") is None:
        return None
    return published_tables(home, settings, read_json(published.parent / "current.json") or {})


@contextmanager
def with_rows_of(
    con: duckdb.DuckDBPyConnection, tables: WorkspaceTables | None, workspace_id: str
) -> Iterator[None]:
    """Let the big tables of ``marts`` be one workspace's rows from Iceberg, if there are such tables.

    An anonymised workspace has its rows, changed for publication, in the published file only.
    """
    if tables is None or protection(con, workspace_id) != "none":
        yield
        return
    with rows_of_workspace(con, tables, workspace_id):
        try:
            yield
        finally:
            forget(con)

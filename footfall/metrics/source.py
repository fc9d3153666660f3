"""Where answers come from: the published file, read only, and a copy of one workspace for many questions."""

import duckdb

from footfall.core.database import connect
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.metrics.scope import scope


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


def slice_workspace(con: duckdb.DuckDBPyConnection, workspace_id: str) -> None:
    """Copy one workspace's rows into temporary tables, so that every question about it is cheap.

    The first question about a workspace does this too. The connection holds one slice: another workspace's is dropped.

    Raises:
        UsageError: no workspace of that id is published.
    """
    scope(con, workspace_id)

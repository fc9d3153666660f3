"""The answers that readers see about anonymised workspaces: new ones, or those of the version before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import duckdb

from footfall.core.database import quote_literal
from footfall.core.home import Home
from footfall.metrics.disclosure.answered import Answered, answered_workspaces
from footfall.metrics.disclosure.answers import COLUMNS, write_answers
from footfall.metrics.disclosure.differences import (
    PARTS,
    count_cells,
    find_parts,
    has_lost_headlines,
    keep_parts,
    suppress_differences,
)
from footfall.publishing.choose_states import Choice, choose_states
from footfall.publishing.compare import Previous
from footfall.publishing.shown_states import load_shown, newest_version, read_states, write_states

#: A new state is shown if it shows this share of the cells that the fullest state showed.
ENOUGH = 2 / 3


def show_states(
    con: duckdb.DuckDBPyConnection, home: Home, key: bytes, version: str, previous: Previous | None
) -> dict[str, Choice]:
    """Make the temporary tables ``shown_answers`` and ``kept_content``, and write the private files of ``version``.

    ``kept_content`` has the items that a workspace may show which no extract delivers, where its state is kept.

    Args:
        con: sees the complete ``marts`` and ``ops``; ``find_hidden`` was called.
        key: the key of pseudonyms.
        version: name of the version that is being made.
        previous: the version that readers see.
    """
    # Readers have seen it, also where its published files are lost: then it can be compared with but not kept.
    seen = previous.folder.name if previous else newest_version(home)
    can_keep = previous is not None and _attach(con, previous)
    before = read_states(home, seen)
    load_shown(con, home, seen if before else None, PARTS)
    answered = answered_workspaces(con)
    choices = choose_states(con, key, answered, before, _as_of(con), can_keep=can_keep)
    set_as_of(con, {one.workspace_id: one.state.data_as_of for one in choices.values() if one.is_new})
    con.execute(f"create or replace temp table shown_answers ({COLUMNS})")
    con.execute(f"create or replace temp table new_cells ({PARTS})")

    def admit(con: duckdb.DuckDBPyConnection, one: Answered) -> bool:
        choice, old = choices[one.workspace_id], before.get(one.workspace_id)
        find_parts(con, key, one.workspace_id)
        is_compared = old is not None and choice.reason not in ("first", "settings")
        if is_compared:
            suppress_differences(con, one, "shown_cells")
        shown = count_cells(con)
        if old is not None and choice.reason == "moved" and (shown < ENOUGH * old.cells or has_lost_headlines(con)):
            choices[one.workspace_id] = Choice(one.workspace_id, "kept", old)
            return False
        best = max(shown, old.cells) if is_compared and old is not None else shown
        choices[one.workspace_id] = replace(choice, state=replace(choice.state, cells=best))
        keep_parts(con, one.workspace_id, "new_cells", "shown_cells" if is_compared else None)
        return True

    write_answers(
        con, key, "shown_answers", {one.workspace_id: one.state.state for one in choices.values()},
        workspaces=[one for one in answered if choices[one.workspace_id].is_new], admit=admit,
    )
    kept = [one.workspace_id for one in choices.values() if not one.is_new]
    con.execute("create or replace temp table kept_workspaces as select unnest($kept::varchar[]) as workspace_id",
                {"kept": kept})
    con.execute("create or replace temp table kept_content as select workspace_id, content_type, content_id"
                " from marts.dim_content limit 0")
    if kept:
        con.execute("""
            insert into shown_answers by name
                select a.* from previous.marts.anonymized_answers as a semi join kept_workspaces as k
                on a.workspace_id = k.workspace_id;
            insert into kept_content
                select c.workspace_id, c.content_type, c.content_id from previous.marts.dim_content as c
                semi join kept_workspaces as k on c.workspace_id = k.workspace_id;
        """)
    own = "workspace_id in (from kept_workspaces)"
    write_states(con, home, version, {one.workspace_id: one.state for one in choices.values()}, {
        name: f"from shown_{name} where {own} union all by name from {new} where not {own}"
        for name, new in (("people", "people"), ("cells", "new_cells"))
    })
    return choices


def set_as_of(con: duckdb.DuckDBPyConnection, dates: Mapping[str, str | None]) -> None:
    """Let ``ops.load_by_workspace`` have one row about each of these workspaces: the newest load in its answers."""
    for workspace, day in dates.items():
        con.execute("delete from ops.load_by_workspace where workspace_id = ?", [workspace])
        if day is not None:
            con.execute("insert into ops.load_by_workspace (load_date, workspace_id) values (?, ?)",
                        [date.fromisoformat(day), workspace])


def _as_of(con: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    return dict(con.execute(
        "select workspace_id, max(load_date)::varchar from ops.load_by_workspace"
        " where (loaded > 0 or no_consent > 0) and workspace_id is not null group by workspace_id"
    ).fetchall())


def _attach(con: duckdb.DuckDBPyConnection, previous: Previous) -> bool:
    """Whether the answers of the version before can be read."""
    try:
        con.execute(f"attach {quote_literal(str(previous.file))} as previous (read_only)")
        con.execute("select 1 from previous.marts.anonymized_answers, previous.marts.dim_content limit 1").fetchall()
    except duckdb.Error:
        # Opened for writing by somebody, or damaged: what it shows is not known.
        return False
    return True

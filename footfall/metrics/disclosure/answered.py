"""The protected workspaces that have answers, and the one range of each."""

from dataclasses import dataclass
from datetime import date

import duckdb

from footfall.metrics.question import Question, parameters
from footfall.metrics.scope import forget


@dataclass(frozen=True)
class Answered:
    """A protected workspace that has answers: its own range, and ``k``, the fewest people a number may be about."""

    workspace_id: str
    is_full: bool
    start: date
    end: date
    k: int


def answered_workspaces(con: duckdb.DuckDBPyConnection) -> list[Answered]:
    """The protected workspaces that have answers, in order.

    Args:
        con: sees the complete ``marts`` and ``ops``; ``find_hidden`` was called.
    """
    workspaces = con.execute(
        "select w.workspace_id, p.is_full, w.starts_on, w.ends_on, w.min_group_size"
        " from marts.dim_workspaces as w"
        " inner join protected_workspaces as p on w.workspace_id = p.workspace_id"
        # any event can invent a workspace; once settings name others, it has no exports and so needs no answers
        " where not coalesce(w.is_inferred, false) or not exists (from marts.dim_workspaces where not is_inferred)"
        " order by w.workspace_id"
    ).fetchall()
    found = []
    for workspace, is_full, starts_on, ends_on, k in workspaces:
        own = (None, None) if starts_on and ends_on and starts_on > ends_on else (starts_on, ends_on)
        dates = parameters(con, Question(workspace, *own))
        found.append(Answered(workspace, is_full, dates["start"], dates["end"], k))
        forget(con)
    return found

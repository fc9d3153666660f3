"""By participant for protected people: rows under pseudonyms, each with the mean of a group of people.

Microaggregation: people who were about equally active form a group, and each of their rows shows the mean of the
group, so that no row is about one person, and the rows still add up to the totals.
"""

from decimal import Decimal
from typing import Any

import duckdb

from footfall.core.secret import pseudonym
from footfall.metrics.question import Question

_COUNTS = ("visits", "active_days", "interactions")
_SECONDS = ("engaged_seconds", "elapsed_seconds")


def microaggregated_rows(
    con: duckdb.DuckDBPyConnection, key: bytes, question: Question, state: str
) -> list[dict[str, Any]]:
    """Rows of the answer ``by_participant`` for the groups that ``suppress_cells`` left; other columns are null.

    A pseudonym depends on the workspace, the range and the published state as well as on the person, so neither rows of
    two files nor those of two states can be joined.
    """
    about = (question.workspace_id, f"{question.start}_{question.end}", state)
    sums = ", ".join(f"sum({name}) over (partition by activity_group) as {name}" for name in (*_COUNTS, *_SECONDS))
    names = ("user_id", "activity_group", "people", *_COUNTS, *_SECONDS)
    found = con.execute(f"""
        with shown as (
            select b.* replace (if(f.label is null, b.activity_group, '(other)') as activity_group), p.user_id
            from disclosure_activity_groups as b
            inner join scope_people as p on b.user_no = p.user_no
            left join disclosure_suppressed as f on f.family = 'activity_group' and f.label = b.activity_group
            where 'activity_group' not in (select family from disclosure_withdrawn)
        )
        select user_id, activity_group, count(*) over (partition by activity_group) as people, {sums} from shown
    """).fetchall()
    people = [dict(zip(names, row, strict=True)) for row in found]
    for row in people:
        row["user_id"] = pseudonym(key, *about, row["user_id"])
    # By pseudonym, so that the remainder of a mean does not show the order of activity.
    people.sort(key=lambda row: (row["activity_group"], row["user_id"]))
    rows, place, group = [], 0, None
    for row in people:
        place, group = (place + 1 if row["activity_group"] == group else 0), row["activity_group"]
        shown: dict[str, Any] = {"user_id": row["user_id"]}
        for name in _COUNTS:
            mean, left = divmod(int(row[name]), row["people"])
            shown[name] = mean + (place < left)
        for name in _SECONDS:
            seconds = Decimal(row[name]) / row["people"]
            unit = name.removesuffix("_seconds")
            units = ((name, 1), (f"{unit}_minutes", 60), (f"{unit}_hours", 3600))
            shown |= {column: float(seconds / length) for column, length in units}
        rows.append(shown)
    return rows

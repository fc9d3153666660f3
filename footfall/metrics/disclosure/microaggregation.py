"""By participant for protected people: rows under pseudonyms, each with the mean of a bunch of people.

Microaggregation: people who were about equally active are taken together, and each of their rows shows the bunch's
mean, so that no row is about one person, and the rows still add up to the totals.
"""

from decimal import Decimal
from typing import Any

import duckdb

from footfall.core.secret import pseudonym
from footfall.metrics.question import Question

_COUNTS = ("visits", "active_days", "interactions")
_SECONDS = ("engaged_seconds", "elapsed_seconds")


def bunch_rows(con: duckdb.DuckDBPyConnection, key: bytes, question: Question) -> list[dict[str, Any]]:
    """Rows of the answer ``by_participant`` for the bunches that ``fold_cells`` left; other columns are null.

    A pseudonym depends on workspace and range as well as on the person, so rows of two files cannot be joined.
    """
    about = (question.workspace_id, f"{question.start}_{question.end}")
    sums = ", ".join(f"sum({name}) over (partition by bunch) as {name}" for name in (*_COUNTS, *_SECONDS))
    names = ("user_id", "bunch", "people", *_COUNTS, *_SECONDS)
    found = con.execute(f"""
        with shown as (
            select b.* replace (if(f.label is null, b.bunch, '(other)') as bunch), p.user_id
            from disclosure_bunches as b
            inner join scope_people as p on b.user_no = p.user_no
            left join disclosure_folds as f on f.family = 'bunch' and f.label = b.bunch
            where 'bunch' not in (select family from disclosure_withdrawn)
        )
        select user_id, bunch, count(*) over (partition by bunch) as people, {sums} from shown
    """).fetchall()
    people = [dict(zip(names, row, strict=True)) for row in found]
    for row in people:
        row["user_id"] = pseudonym(key, *about, row["user_id"])
    # By pseudonym, so that who gets what a mean leaves over does not tell the order of activity.
    people.sort(key=lambda row: (row["bunch"], row["user_id"]))
    rows, place, bunch = [], 0, None
    for row in people:
        place, bunch = (place + 1 if row["bunch"] == bunch else 0), row["bunch"]
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

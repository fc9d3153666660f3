"""The sheet About: what the other sheets are about, what was not tracked, and what every word means."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from exports.plan.plan import Job
from exports.tables.contents import PERSONAL
from exports.tables.table import Column, Spooled, Table
from exports.tables.text import CELL_LIMIT
from exports.workbook.workbook import SHEET_ROWS
from footfall.metrics.catalog import Answer
from footfall.metrics.definitions import Definition, definitions
from footfall.metrics.disclosure.published_answers import suppressed
from footfall.metrics.layer import ANSWERS

_COLUMNS = (
    Column("section", "Section", "text"), Column("item", "Item", "text"), Column("value", "Value", "text"),
    Column("meaning", "Meaning", "text"),
)
#: Facts that the section "This export" says in its own words.
_SAID = frozenset({
    "workspace_id", "workspace_name", "timezone", "range_start", "range_end", "data_as_of", "anonymization",
    "target_groups",
})
#: Which answer the columns of a sheet are explained by, for the sheets whose key is not the answer's.
_ANSWERS = {
    "summary": "insights", "interactions": "interactions_by_day_os", "search": "searches", "paths": "path_links",
    "by_os": "interactions_by_os",
}

Row = tuple[str, str, str, str]


def about(
    con: duckdb.DuckDBPyConnection, job: Job, facts: Mapping[str, Any], made: Sequence[Spooled]
) -> tuple[Table, pa.Table]:
    """The table About.

    Args:
        con: the published tables.
        job: workspace, range and user of the folder.
        facts: the one row of the answer ``data_facts``.
        made: the other tables, in order.
    """
    known = definitions(con)
    is_folded = job.is_protected and job.user_id is None
    rows = [
        *_export(job, facts), *_facts(facts, known, "not told" if is_folded else "not known"),
        *(_protection(con, job, facts) if is_folded else ()),
        *_sheets(job, made), *_words(known, [one.table for one in made]),
    ]
    table = pa.table(
        [pa.array(values, pa.string()) for values in zip(*rows, strict=True)], names=[one.key for one in _COLUMNS]
    )
    return Table("about", "About", _COLUMNS, frozen=2), table


def has_data(facts: Mapping[str, Any]) -> bool:
    """Whether anything at all is known of the workspace's visits, interactions or meetings."""
    return facts["first_date"] is not None


def _export(job: Job, facts: Mapping[str, Any]) -> Iterator[Row]:
    section = "This export"
    yield section, "Workspace", job.workspace, job.workspace_id
    if job.user_id is not None:
        yield section, "User", job.user_id, "Everything here is about this one person."
    dates = f"{facts['range_start']} to {facts['range_end']}"
    meaning = "Dates of the workspace's own time zone, both included."
    if not has_data(facts):
        yield section, "Range", dates if job.range.start else "no data", f"{meaning} No data has arrived yet."
    else:
        yield section, "Range", dates, f"{meaning} Data reaches from {facts['first_date']} to {facts['last_date']}."
    yield section, "Time zone", job.zone, "All dates and times are in this zone."
    if facts["target_groups"]:
        yield section, "Who counts", f"Groups: {facts['target_groups']}", (
            "Everything here is about participants of these groups, and about no guests and no test accounts."
        )
    else:
        yield section, "Who counts", "Everyone", "Participants and guests; test accounts never count."
    yield section, "Data as of", _text(facts["data_as_of"]) or "no data", "The last load that is in these numbers."
    yield section, "Definitions", job.definitions, "Version of the definitions below; a new one may change numbers."


def _facts(facts: Mapping[str, Any], known: Mapping[str, Definition], absent: str) -> Iterator[Row]:
    for column in ANSWERS["data_facts"].columns:
        if column.name not in _SAID:
            meant = known[column.metric]
            value = facts[column.name]
            shown = f"{value:.1%}" if column.kind == "share" and value is not None else _text(value)
            yield "Data", meant.title, shown or absent, meant.definition


def _sheets(job: Job, made: Sequence[Spooled]) -> Iterator[Row]:
    for one in made:
        count = f"{one.rows:,} row" + ("" if one.rows == 1 else "s") if one.rows else "no data"
        more = f" It goes on in `{one.table.title} (2)`." if one.rows > SHEET_ROWS else ""
        grain = "metric" if one.table.row_kinds else _spec(one.table).grain
        yield "Sheets", one.table.title, count, f"One row per {grain}.{more}"
    if job.anonymization == "full":
        names = ", ".join(sorted(name.replace("_", " ") for name in PERSONAL))
        yield "Sheets", "Left out", names, "This workspace is anonymized: nothing is shown about one person."
    yield "Sheets", "Long text", f"{CELL_LIMIT:,} characters", (
        "A longer text is cut in this workbook, which is said at its end; the other files have the whole of it."
    )
    yield "Sheets", "Text in CSV files", "'", (
        "A text that a spreadsheet would take for a formula has one apostrophe before it in the CSV files, and so has "
        "a text that starts with an apostrophe: drop one to get the text. Parquet has every text as it was."
    )


def _protection(con: duckdb.DuckDBPyConnection, job: Job, facts: Mapping[str, Any]) -> Iterator[Row]:
    """What is not told of a protected workspace, and why."""
    section, k = "Anonymised", job.fewest
    whom = "Everyone, guests too" if job.anonymization == "full" else "People of some e-mail domains"
    yield section, "Protected", whom, (
        "Meetings and who took part in them stay as they are, as the settings of the app leave them."
    )
    yield section, "Smallest group", f"{k} people", (
        f"No number is about fewer than {k} protected people, nor is one that subtracting these numbers from each "
        "other gives. What would be is in a row (other) or (others together), or an empty cell; a column `Not told` "
        "says so in the row. A row (other) can hold larger ones too, so that what it holds cannot be worked out. In "
        "the sheet Interactions the row without a date is about the days that are told together."
    )
    yield section, "Range", f"{facts['range_start']} to {facts['range_end']}", (
        "The one range there is: of two ranges one could be subtracted from the other. Ranges in the settings other "
        "than the workspace's own are not made."
    )
    yield section, "By participant", "pseudonyms", (
        f"Protected people have a row under a pseudonym, which is another one in every range and workspace. Those who "
        f"were about equally active are taken together, {k} or more, and each row has their mean: the rows add up to "
        "the totals, and none is about one person. There are no such rows where too few people were active."
    )
    for name, count in sorted(suppressed(con, job.workspace_id).items()):
        yield section, name.replace("_", " ").capitalize(), f"{count:,} together", (
            "So many rows or numbers are not told by themselves."
        )


def _words(known: Mapping[str, Definition], made: Iterable[Table]) -> Iterator[Row]:
    used = set()
    for table in made:
        used |= {column.metric for column in _spec(table).columns}
    for meant in sorted((known[metric] for metric in used), key=lambda one: (one.sort_order, one.metric)):
        yield "Definitions", meant.title, meant.unit, meant.definition


def _spec(table: Table) -> Answer:
    """The answer behind a table; those of content have a name of their own for each type."""
    return ANSWERS.get(_ANSWERS.get(table.key, table.key), ANSWERS["content_items"])


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)

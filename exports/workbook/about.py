"""The sheet About: what the export is about, its contents, what was not tracked, and what every number means."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from exports.plan.plan import Job
from exports.tables.labels import sentence
from exports.tables.read_tables import HOUR, PERSONAL
from exports.tables.table import Column, Kind, StoredTable, Table
from exports.tables.text import CELL_LIMIT
from exports.tables.titles import KINDS
from exports.workbook.workbook import SHEET_ROWS
from footfall.metrics.catalog import Answer
from footfall.metrics.definitions import Definition, definitions
from footfall.metrics.disclosure.published_answers import suppressed
from footfall.metrics.layer import ANSWERS

_COLUMNS = (
    Column("section", "Section", "text"), Column("item", "Item", "text"), Column("value", "Value", "text"),
    Column("meaning", "Meaning", "text"),
)
#: Facts that the section "This export" has already.
_IN_THIS_EXPORT = frozenset({
    "workspace_id", "workspace_name", "timezone", "range_start", "range_end", "data_as_of", "anonymization",
    "target_groups",
})
#: Which answer the columns of a sheet are explained by, for the sheets whose key is not the answer's.
_ANSWERS = {
    "summary": "insights", "interactions": "interactions_by_day_os", "search": "searches", "paths": "path_links",
    "by_os": "interactions_by_os",
}
#: One row of a sheet in the words of its readers, by the grain of the answer.
_GRAINS = {
    "module": "functionality", "content type, item": "item", "measure, position": "group of users",
    "level, step, source, target": "step from one functionality or item to the next", "local date": "day",
    "kind, with a row for all": "kind of meeting, and one for all of them", "term": "search term", "claim": "check",
    "participant who counts": "participant",
}
_BANNER = (
    "The app shows a cookie banner here. Visitors who refuse cookies or use an ad blocker are not tracked and are in "
    "no number; more people may have been active than this workbook shows."
)


class Row(NamedTuple):
    """One row of the sheet; a value of another kind than text is a number, written in digits."""

    section: str
    item: str
    value: str
    meaning: str
    kind: Kind = "text"
    #: The sheet that the item leads to.
    link: str = ""


def about(
    con: duckdb.DuckDBPyConnection, job: Job, facts: Mapping[str, Any], made: Sequence[StoredTable]
) -> tuple[Table, pa.Table]:
    """The table About.

    Args:
        con: the published tables.
        job: workspace, range and user of the folder.
        facts: the one row of the answer ``data_facts``.
        made: the other tables, in order.
    """
    known = definitions(con)
    is_protected = job.is_protected and job.user_id is None
    rows = [
        *_export(job, facts), *_sheets(job, made),
        *_facts(job, facts, known, "hidden" if is_protected else "not known"),
        *(_protection(con, job, facts) if is_protected else ()), *_definitions(known, made),
    ]
    table = pa.table(
        {column.key: pa.array([row[index] for row in rows], pa.string()) for index, column in enumerate(_COLUMNS)}
    )
    links = {number: row.link for number, row in enumerate(rows) if row.link}
    return Table("about", "About", _COLUMNS, frozen=2, row_kinds=[row.kind for row in rows], links=links), table


def has_data(facts: Mapping[str, Any]) -> bool:
    """Whether there is any visit, interaction or meeting of the workspace."""
    return facts["first_date"] is not None


def _export(job: Job, facts: Mapping[str, Any]) -> Iterator[Row]:
    section = "This export"
    yield Row(section, "Workspace", job.workspace, job.workspace_id)
    if job.user_id is not None:
        yield Row(section, "User", job.user_id, "Everything in this export is about this one person.")
    dates = f"{facts['range_start']} to {facts['range_end']}"
    meaning = "Dates in the time zone of the workspace; both days are included."
    if job.range.requested:
        meaning += " The range {} to {} was cut to the dates with data.".format(*job.range.requested)
    if job.range.newest_days:
        meaning += f" The workspace has no first or no last date: these are its newest {job.range.newest_days} days."
    if not has_data(facts):
        yield Row(section, "Range", dates if job.range.start else "no data", f"{meaning} No data has arrived yet.")
    else:
        data = f"There is data from {facts['first_date']} to {facts['last_date']}."
        yield Row(section, "Range", dates, f"{meaning} {data}")
    yield Row(section, "Time zone", job.zone, "All dates and times are in this time zone.")
    if facts["target_groups"]:
        yield Row(section, "Who counts", f"Groups: {facts['target_groups']}", (
            "All numbers are about the participants of these groups. Guests and test accounts are not counted."
        ))
    else:
        yield Row(section, "Who counts", "Everyone", (
            "All numbers are about participants and guests. Test accounts are not counted."
        ))
    data_as_of = str(facts["data_as_of"] or "no data")
    yield Row(section, "Data as of", data_as_of, "The numbers include everything that arrived up to this day.")
    yield Row(section, "Definitions", job.definitions, (
        "The version of the definitions below. Numbers may change when this version changes."
    ))


def _facts(job: Job, facts: Mapping[str, Any], known: Mapping[str, Definition], absent: str) -> Iterator[Row]:
    if job.has_cookie_banner:
        yield Row("Data", "Cookie banner", "on", _BANNER)
    for column in ANSWERS["data_facts"].columns:
        if column.name not in _IN_THIS_EXPORT:
            definition, value = known[column.metric], facts[column.name]
            kind = KINDS[column.kind]
            is_number = value is not None and kind in ("count", "share")
            shown = absent if value is None else repr(value) if is_number else str(value)
            yield Row("Data", definition.title, shown, definition.definition, kind if is_number else "text")


def _sheets(job: Job, made: Sequence[StoredTable]) -> Iterator[Row]:
    for one in made:
        more = f" The table continues on the sheet `{one.table.title} (2)`." if one.rows > SHEET_ROWS else ""
        grain = "metric" if one.table.row_kinds else _GRAINS.get(_spec(one.table).grain, _spec(one.table).grain)
        grain = "hour" if one.table.columns[0].key == HOUR else grain
        count = str(one.rows) if one.rows else "no data"
        kind: Kind = "count" if one.rows else "text"
        yield Row("Sheets", one.table.title, count, f"Rows; one row per {grain}.{more}", kind, one.table.title)
    if job.anonymization == "full":
        names = ", ".join(sorted(sentence(name) for name in PERSONAL))
        yield Row("Sheets", "Left out", names, "This workspace is anonymized: nothing is shown about one person.")
    yield Row("Sheets", "Long text", str(CELL_LIMIT), (
        "Characters that a cell can hold. A longer text is cut here and ends with a note; the CSV and Parquet files "
        "have all of it."
    ), "count")
    yield Row("Sheets", "Text in CSV files", "'", (
        "In the CSV files, a text that a spreadsheet would read as a formula starts with an additional apostrophe, and "
        "so does a text that starts with an apostrophe itself: remove one apostrophe to get the original. The Parquet "
        "files have every text unchanged."
    ))
    yield Row("Sheets", "Codes in CSV and Parquet", "live_stream", (
        "The CSV and Parquet files have codes where this workbook has words, such as live_stream for Live stream."
    ))


def _protection(con: duckdb.DuckDBPyConnection, job: Job, facts: Mapping[str, Any]) -> Iterator[Row]:
    """What is hidden in a protected workspace, and why."""
    section, k = "Anonymised", job.fewest
    protected = "Everyone, guests included" if job.anonymization == "full" else "People of some e-mail domains"
    yield Row(section, "Protected", protected, (
        "Meetings and the people who took part in them are shown; the settings of the app decide about them."
    ))
    yield Row(section, "Smallest group", str(k), (
        f"People. No number is about fewer than {k} protected people, and no such number can be found by subtracting "
        "these numbers from each other. What would be smaller is in a row without a name, of all others together, or "
        "the cell is empty; the column `Hidden` names the empty cells of a row. A row of all others together also has "
        f"larger numbers, so that its parts cannot be found. If fewer than {k} guests came, they are in no number, and "
        "totals that include guests are not shown. In the sheet Interactions, the row without a date is the sum of the "
        "days that are not shown one by one."
    ), "count")
    yield Row(section, "Range", f"{facts['range_start']} to {facts['range_end']}", (
        "An anonymized workspace has this one range only, because two ranges could be subtracted from each other."
    ))
    yield Row(section, "By participant", "pseudonyms", (
        f"Protected people are listed under a pseudonym, which differs between ranges and workspaces. {k} or more "
        "people who were about equally active are taken together, and each of them has the mean of the group: the rows "
        "add up to the totals, and no row is about one person. Such rows are missing where too few people were active."
    ))
    for name, count in sorted(suppressed(con, job.workspace_id).items()):
        yield Row(section, sentence(name), str(count), "Rows or numbers that are not shown one by one.", "count")


def _definitions(known: Mapping[str, Definition], made: Sequence[StoredTable]) -> Iterator[Row]:
    used = {column.metric for one in made for column in _spec(one.table).columns}
    for one in sorted((known[metric] for metric in used), key=lambda one: (one.sort_order, one.metric)):
        yield Row("Definitions", one.title, one.unit, one.definition)


def _spec(table: Table) -> Answer:
    """The answer behind a table; those of content have a name of their own for each type."""
    return ANSWERS.get(_ANSWERS.get(table.key, table.key), ANSWERS["content_items"])

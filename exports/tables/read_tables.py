"""The tables of a folder: answers of the metric layer, with titles and units from the published definitions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from exports.tables.by_participant import pivot
from exports.tables.labels import CODES, client_name, labels, sentence
from exports.tables.table import Column, Table
from exports.tables.titles import KINDS, NO_NUMBERS, SUPPRESSED, Content, title, with_titles
from footfall.core.vocabulary import vocabulary
from footfall.core.zones import instants
from footfall.metrics.definitions import Definition, definitions
from footfall.metrics.layer import ANSWERS, answer, keep
from footfall.metrics.question import parameters
from footfall.metrics.scope import scope

#: Content types in the order of the report's pages: type, name of file and sheet.
CONTENT = tuple((one.name, one.sheet_key, one.sheet) for one in vocabulary().content_types)
#: The key of the column of hours.
HOUR = "hour_local"
#: A range shorter than this has interactions by hour, as the answer `interactions_over_time` has.
_HOURLY = timedelta(days=3)
#: Sheets about one person each, left out where the whole workspace is anonymized.
PERSONAL = frozenset({"top_users", "popular_users"})
#: What follows the title of a number that is a mean in the rows of protected people.
MEAN = "mean of a group of people"
#: The column that functionalities share which are too many for columns of their own.
OTHER_MODULES = "other functionalities"
#: The key of the column of events without a functionality.
UNMAPPED_EVENTS = "module_unmapped"

#: Protected workspaces have no numbers by operating system and day or item, only by operating system.
_BY_OS = (("interactions_by_os", "by_os", "By operating system"),)
_FIRST = (
    ("visit_frequency", "visit_frequency", "Visit frequency"),
    ("by_functionality", "by_functionality", "By functionality"),
)
_AFTER = (
    ("searches", "search", "Search"), ("meetings_summary", "meetings_summary", "Meetings summary"),
    ("meetings", "meetings", "Meetings"), ("live_streams", "live_streams", "Live streams"),
    ("sponsors", "sponsors", "Sponsors"),
)
#: Columns of By participant about the identity of a person.
_NAMES = ("name", "first_name", "last_name", "email", "company", "job_title", "groups", "role", "profile_url",
          "is_deleted", "last_seen_at", "last_seen_local")
_FORM_COLUMNS = ("opened", "submitted", "submissions", "completion")


def tables(content: Content) -> Iterator[tuple[Table, pa.Table]]:
    """Every table with its rows, one after another, in the order of the sheets; About is ``exports.workbook.about``."""
    known = definitions(content.con)
    makers = (
        _summary(content, known), _unchanged(content, known, _FIRST), by_participant(content, known),
        _interactions(content, known),
        _unchanged(content, known, _BY_OS if content.fewest else ()),
        _unchanged(content, known, (("top_users", "top_users", "Top users"),)), _content(content, known),
        _unchanged(content, known, _AFTER), _paths(content, known), _reconciliation(content, known),
    )
    for maker in makers:
        for table, rows in maker:
            if table.key not in content.leave_out:
                yield table, rows


def _unchanged(
    content: Content, known: dict[str, Definition], sheets: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[Table, pa.Table]]:
    for name, key, sheet in sheets:
        if key not in content.leave_out:
            rows, columns = with_titles(content, known, name, answer(content.con, name, content.question))
            yield Table(key, sheet, columns), rows


def _summary(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The insights, one number a row, each with its unit and what it means."""
    row = answer(content.con, "insights", content.question).to_pylist()[0]
    spec = ANSWERS["insights"].columns
    defined = [known[column.metric] for column in spec]
    columns = [Column("metric", "Metric", "text"), Column("value", "Value", "number"), Column("unit", "Unit", "text"),
               Column("definition", "Definition", "text")]
    rows = pa.table({
        "metric": pa.array([one.title for one in defined], pa.string()),
        "value": pa.array([row[column.name] for column in spec], pa.float64()),
        "unit": pa.array([one.unit for one in defined], pa.string()),
        "definition": pa.array([
            one.definition if content.fewest is None or row[column.name] is not None
            else f"Hidden: this number, or another number less this one, would be about fewer than"
                 f" {content.fewest} people. {one.definition}"
            for column, one in zip(spec, defined, strict=True)
        ], pa.string()),
    })
    yield Table("summary", "Summary", columns, row_kinds=[KINDS[column.kind] for column in spec]), rows


def _interactions(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """Interactions by day, or by hour where the range is as short as the report's graph shows by hour."""
    start, end = (parameters(content.con, content.question)[name] for name in ("start", "end"))
    if end - start < _HOURLY and not content.fewest:
        rows, columns = _by_hour(content, known)
    else:
        rows, columns = with_titles(content, known, "interactions_by_day_os",
                                     answer(content.con, "interactions_by_day_os", content.question))
    systems = [index for index, column in enumerate(columns) if column.key.startswith("interactions_")] or [
        index for index, column in enumerate(columns) if column.key == "interactions"]
    yield Table("interactions", "Interactions", columns, chart=(systems[0], systems[-1]) if systems else None), rows


def _by_hour(content: Content, known: dict[str, Definition]) -> tuple[pa.Table, list[Column]]:
    """The columns of the table by day, one row an hour with interactions."""
    found = answer(content.con, "interactions_over_time", content.question).to_pylist()
    days = [column for column in ANSWERS["interactions_by_day_os"].columns if column.kind == "count"]
    systems = [column.name.removeprefix("interactions_") for column in days if column.name != "interactions"]
    hours: dict[datetime, dict[str, int]] = {}
    for row in found:
        counts = hours.setdefault(row["bucket"], dict.fromkeys(("interactions", *systems), 0))
        counts[row["os"] if row["os"] in counts else systems[-1]] += row["interactions"]
        counts["interactions"] += row["interactions"]
    columns = [Column(HOUR, title(known["bucket"], "local", content.zone), "instant")] + [
        Column(column.name, known[column.metric].title, "count", column.metric) for column in days
    ]
    # The hour that is repeated when clocks go back is one row, at its first time.
    clocks = pa.array(list(hours), pa.timestamp("us")).cast(pa.int64()).to_pylist()
    arrays = [pa.array(instants(content.zone, clocks), pa.timestamp("us", "UTC"))] + [
        pa.array([counts[column.name.removeprefix("interactions_")] for counts in hours.values()], pa.int64())
        for column in days
    ]
    return pa.table(arrays, names=[column.key for column in columns]), columns


def _content(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """One table a content type that has data; types that are not of the contract share one."""
    everything = answer(content.con, "content_items", content.question)
    types = everything["content_type"]
    for kind, key, sheet in CONTENT:
        rows = everything.filter(pc.equal(types, kind))
        if rows.num_rows:
            without = ("content_type",) if kind == "form" else ("content_type", *_FORM_COLUMNS)
            rows, columns = with_titles(content, known, "content_items", rows, without)
            yield Table(key, sheet, columns, frozen=2), rows
    others = everything.filter(pc.invert(pc.is_in(types, pa.array([kind for kind, _, _ in CONTENT]))))
    if others.num_rows:
        rows, columns = with_titles(content, known, "content_items", others, _FORM_COLUMNS)
        yield Table("other_content", "Other content", columns, frozen=3), rows


def _paths(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """Paths, where the workbook has the titles of content items in place of their type and id."""
    rows, columns = with_titles(content, known, "path_links", answer(content.con, "path_links", content.question))
    types = {name: word for name, word in CODES["content_type"].items() if name != "user"}
    scope(content.con, content.question.workspace_id, "scope_content")
    titles = content.con.execute(
        "select content_type, content_id, title from scope_content where content_type in (select unnest($types))"
        " and title is not null", {"types": list(types)},
    ).fetchall()
    words = {f"{kind}:{item}": f"{types[kind]}: {title} ({item})" for kind, item, title in titles}
    yield Table("paths", "Paths", columns, words={"source": words, "target": words}), rows


def _reconciliation(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The claims about this workspace; counts of the whole installation are about the others too."""
    answered = answer(content.con, "reconciliation", content.question)
    kept = [one for one in answered.to_pylist() if one["about"] != "Installation"]
    for position, one in enumerate(kept, 1):
        one["position"] = position
    rows, columns = with_titles(content, known, "reconciliation", pa.Table.from_pylist(kept, answered.schema))
    yield Table("reconciliation", "Reconciliation", columns), rows


def by_participant(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The participants with one column a functionality: the interactions of that person with it."""
    if "by_participant" in content.leave_out:
        return
    people = answer(content.con, "by_participant", content.question, is_large=content.is_large)
    without = _NAMES if content.leave_out >= PERSONAL else ("first_name", "last_name")
    rows, columns = with_titles(content, known, "by_participant", people, without)
    if content.fewest:
        kept = [column for column in columns if column != SUPPRESSED]
        rows = rows.select([column.key for column in kept])
        columns = [
            replace(column, title=f"{column.title}, {MEAN}") if column.kind not in NO_NUMBERS else
            replace(column, title=f"{column.title} or pseudonym") if column.key == "user_id" else column
            for column in kept
        ]
    used = ("user_id", "module", "module_kind", "interactions")
    keep(content.con, "participant_functionality", content.question, "used", used)
    counted = known["module_interactions"].title
    functionalities = list(pivot(content.con, people["user_id"]))
    words = labels("module", [one[0] for one, _ in functionalities if one is not None])
    for one, counts in functionalities:
        module, kind = one or (OTHER_MODULES, "other")
        # a client may use the words of markers as names
        key = f"module: {module}" if kind == "named" else UNMAPPED_EVENTS if one else OTHER_MODULES.replace(" ", "_")
        name = words.get(module, client_name(module)) if kind == "named" else module if one else sentence(module)
        rows = rows.append_column(key, counts)
        columns.append(Column(key, f"{name}: {counted}", "count"))
    yield Table("by_participant", "By participant", columns, frozen=2), rows

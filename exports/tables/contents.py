"""Which tables a folder has: the answers of the metric layer, dressed with the published names and units."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from exports.tables.table import Column, Kind, Table
from footfall.core.database import arrow, quote_literal, release_disk_buffers
from footfall.metrics.definitions import Definition, definitions
from footfall.metrics.layer import ANSWERS, answer, keep
from footfall.metrics.question import Question

#: Functionalities that get a column of their own in By participant; the rest share one, so no sheet gets too wide.
MODULE_COLUMNS = 1_000
OTHER_MODULES = "(other)"
#: From here on what was asked of users is worth giving back to the machine before the next table is.
MANY_USERS = 10_000

#: Content types in the order of the report's pages: type, name of file and sheet.
CONTENT = (
    ("form", "forms", "Forms"), ("page", "pages", "Pages"), ("user", "popular_users", "Popular users"),
    ("agenda_session", "sessions", "Sessions"), ("speaker", "speakers", "Speakers"),
    ("sponsor", "sponsor_views", "Sponsor views"), ("document", "documents", "Documents"),
    ("abstract", "abstracts", "Abstracts"), ("live_stream", "live_stream_views", "Live stream views"),
)
#: Sheets about one person each, left out where the whole workspace is anonymized.
PERSONAL = frozenset({"top_users", "popular_users"})
#: What stands behind the name of a number that is a mean in the rows of protected people.
MEAN = "mean of a bunch of people"
#: The text column of protected workspaces that says which numbers of a row are not told.
NOT_TOLD = Column("not_told", "Not told (of too few people)", "text")

#: Protected workspaces do not tell operating systems by day or item, but by themselves.
_BY_OS = (("interactions_by_os", "by_os", "By operating system"),)
_BEFORE = (("by_functionality", "by_functionality", "By functionality"),)
_AFTER = (
    ("searches", "search", "Search"), ("meetings_summary", "meetings_summary", "Meetings summary"),
    ("meetings", "meetings", "Meetings"), ("live_streams", "live_streams", "Live streams"),
    ("sponsors", "sponsors", "Sponsors"), ("path_links", "paths", "Paths"),
)
#: Columns of By participant that say who somebody is.
_NAMES = ("name", "first_name", "last_name", "email", "company", "job_title", "groups", "role", "profile_url",
          "is_deleted", "last_seen_at", "last_seen_local")
_FORM_COLUMNS = ("opened", "submitted", "submissions", "completion")
_KINDS: dict[str, Kind] = {
    "text": "text", "list": "text", "count": "count", "seconds": "seconds", "minutes": "minutes", "hours": "hours",
    "number": "ratio", "share": "share", "date": "date", "utc": "instant", "local": "instant", "flag": "flag",
}
#: Kinds of columns that may be empty for other reasons than that a number is not told.
_TEXTS = frozenset({"text", "instant", "flag"})
_UNITS = frozenset({"seconds", "minutes", "hours", "share"})


@dataclass(frozen=True)
class Content:
    """What a folder's tables are made with.

    Args:
        con: the published tables, usually a slice of one workspace.
        question: workspace, range, and user for an export about one person.
        zone: the workspace's time zone, named in the header of every time.
        lines: where the lines read up to the workspace's last load ended: ``Lines in``, then each place by name.
        leave_out: tables that are not to be made.
        fewest: the fewest people a number may be about, where the workspace protects people; None: nobody is.
        is_large: there are more than ``MANY_USERS`` people.
    """

    con: duckdb.DuckDBPyConnection
    question: Question
    zone: str
    lines: Mapping[str, int] = field(default_factory=dict)
    leave_out: frozenset[str] = frozenset()
    fewest: int | None = None
    is_large: bool = False


def tables(content: Content) -> Iterator[tuple[Table, pa.Table]]:
    """Every table with its rows, one after another, in the order of the sheets; About is ``exports.workbook.about``."""
    known = definitions(content.con)
    makers = (
        _summary(content, known), _plain(content, known, (("visit_frequency", "visit_frequency", "Visit frequency"),)),
        _plain(content, known, _BEFORE), by_participant(content, known), _interactions(content, known),
        _plain(content, known, _BY_OS if content.fewest else ()),
        _plain(content, known, (("top_users", "top_users", "Top users"),)), _content(content, known),
        _plain(content, known, _AFTER), _reconciliation(content, known),
    )
    for maker in makers:
        for table, rows in maker:
            if table.key not in content.leave_out:
                yield table, rows


def _plain(
    content: Content, known: dict[str, Definition], sheets: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[Table, pa.Table]]:
    for name, key, title in sheets:
        if key not in content.leave_out:
            rows, columns = _dressed(content, known, name, answer(content.con, name, content.question))
            yield Table(key, title, columns), rows


def _dressed(
    content: Content, known: dict[str, Definition], name: str, rows: pa.Table, without: Sequence[str] = ()
) -> tuple[pa.Table, list[Column]]:
    """An answer's columns with titles and units; of a time in UTC and in local time, one instant in local time."""
    spec = ANSWERS[name].columns
    instants = {column.name for column in spec if column.kind == "utc"}
    twins = {column.name for column in spec if column.kind == "local" and _is_twin(column.name, instants)}
    kept = [column for column in spec if column.name not in twins.union(without)]
    columns = [Column(column.name, _title(known[column.metric], column.kind, content.zone), _KINDS[column.kind])
               for column in kept]
    # A time in UTC is an instant; a local time without a UTC twin is already as it is shown.
    arrays = [rows[column.name].cast(pa.timestamp("us", "UTC")) if column.kind == "utc" else rows[column.name]
              for column in kept]
    dressed = pa.table(arrays, names=[column.name for column in kept])
    return _without_untold(dressed, columns) if content.fewest and rows.num_rows else (dressed, columns)


def _without_untold(rows: pa.Table, columns: list[Column]) -> tuple[pa.Table, list[Column]]:
    """Leave out columns of a protected workspace that nothing is told of; a column says what a row does not tell."""
    kept = [column for column in columns if rows[column.key].null_count < rows.num_rows]
    rows = rows.select([column.key for column in kept])
    partly = [column for column in kept if column.kind not in _TEXTS and rows[column.key].null_count]
    if not partly:
        return rows, kept
    untold = [
        ", ".join(column.title for column, value in zip(partly, values, strict=True) if value is None)
        for values in zip(*(rows[column.key].to_pylist() for column in partly), strict=True)
    ]
    return rows.append_column(NOT_TOLD.key, pa.array(untold, pa.string())), [*kept, NOT_TOLD]


def _is_twin(name: str, instants: set[str]) -> bool:
    """Whether a local time repeats an instant, as ``last_seen_local`` does ``last_seen_at``."""
    stem = name.removesuffix("_local")
    return f"{stem}_at" in instants or f"scheduled_{stem}" in instants


def _title(definition: Definition, kind: str, zone: str) -> str:
    if kind in ("utc", "local"):
        return f"{definition.title} ({zone})"
    # "Share of visits (share)" would say it twice.
    said = definition.unit in definition.title.lower()
    return f"{definition.title} ({definition.unit})" if kind in _UNITS and not said else definition.title


def _summary(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The insights, one number a row, each with its unit and what it means."""
    row = answer(content.con, "insights", content.question).to_pylist()[0]
    spec = ANSWERS["insights"].columns
    meant = [known[column.metric] for column in spec]
    columns = [Column("metric", "Metric", "text"), Column("value", "Value", "number"), Column("unit", "Unit", "text"),
               Column("definition", "Definition", "text")]
    rows = pa.table({
        "metric": pa.array([one.title for one in meant], pa.string()),
        "value": pa.array([row[column.name] for column in spec], pa.float64()),
        "unit": pa.array([one.unit for one in meant], pa.string()),
        "definition": pa.array([
            one.definition if content.fewest is None or row[column.name] is not None
            else f"Not told: it, or what is left of another number without it, would be about fewer than"
                 f" {content.fewest} people. {one.definition}"
            for column, one in zip(spec, meant, strict=True)
        ], pa.string()),
    })
    yield Table("summary", "Summary", columns, row_kinds=[_KINDS[column.kind] for column in spec]), rows


def _interactions(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    rows, columns = _dressed(content, known, "interactions_by_day_os",
                             answer(content.con, "interactions_by_day_os", content.question))
    systems = [index for index, column in enumerate(columns) if column.key.startswith("interactions_")] or [
        index for index, column in enumerate(columns) if column.key == "interactions"]
    yield Table("interactions", "Interactions", columns, chart=(systems[0], systems[-1]) if systems else None), rows


def _content(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """One table a content type that has data; types that are not of the contract share one."""
    everything = answer(content.con, "content_items", content.question)
    types = everything["content_type"]
    for kind, key, title in CONTENT:
        rows = everything.filter(pc.equal(types, kind))
        if rows.num_rows:
            without = ("content_type",) if kind == "form" else ("content_type", *_FORM_COLUMNS)
            rows, columns = _dressed(content, known, "content_items", rows, without)
            yield Table(key, title, columns, frozen=2), rows
    others = everything.filter(pc.invert(pc.is_in(types, pa.array([kind for kind, _, _ in CONTENT]))))
    if others.num_rows:
        rows, columns = _dressed(content, known, "content_items", others, _FORM_COLUMNS)
        yield Table("other_content", "Other content", columns, frozen=3), rows


def _reconciliation(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The claims, with lines counted up to the workspace's own last load.

    The whole installation's counts change with every load of any workspace; this one's files must not.
    """
    answered = answer(content.con, "reconciliation", content.question)
    claims = answered.to_pylist()
    read, *_ = [one for one in claims if one["about"] == "Installation"]
    lines_in, *ended = content.lines.values() or (0,)
    places = ", ".join(f"{name} {count:,}" for name, count in list(content.lines.items())[1:])
    lines = read | {"left_value": lines_in, "right_name": places or read["right_name"], "right_value": sum(ended),
                    "is_ok": lines_in == sum(ended)}
    kept = [lines, *(one for one in claims if one["about"] != "Installation")]
    for position, one in enumerate(kept, 1):
        one["position"] = position
    rows, columns = _dressed(content, known, "reconciliation", pa.Table.from_pylist(kept, answered.schema))
    yield Table("reconciliation", "Reconciliation", columns), rows


def by_participant(content: Content, known: dict[str, Definition]) -> Iterator[tuple[Table, pa.Table]]:
    """The participants with one column a functionality: the interactions of that person with it."""
    if "by_participant" in content.leave_out:
        return
    people = answer(content.con, "by_participant", content.question, is_large=content.is_large)
    without = _NAMES if content.leave_out >= PERSONAL else ("first_name", "last_name")
    rows, columns = _dressed(content, known, "by_participant", people, without)
    if content.fewest:
        kept = [column for column in columns if column != NOT_TOLD]
        rows = rows.select([column.key for column in kept])
        columns = [
            replace(column, title=f"{column.title}, {MEAN}") if column.kind not in _TEXTS else
            replace(column, title=f"{column.title} or pseudonym") if column.key == "user_id" else column
            for column in kept
        ]
    keep(content.con, "participant_functionality", content.question, "used", ("user_id", "module", "interactions"))
    title = known["module_interactions"].title
    for module, counts in pivot(content.con, people["user_id"]):
        rows = rows.append_column(f"module: {module}", counts)
        columns.append(Column(f"module: {module}", f"{module}: {title}", "count"))
    yield Table("by_participant", "By participant", columns, frozen=2), rows


#: One row a listed user, in their order, one column a place; the functionalities that are too many share the last.
_PIVOT = """
with numbered as (
    select module, 'place' || least(row_no, ?) as place
    from (select unnest(names) as module, unnest(range(len(names))) as row_no from (select ? as names)) as n
),

placed as (select u.user_id, n.place, u.interactions from used as u inner join numbered as n on u.module = n.module),

wide as (pivot placed on place in ({names}) using sum(interactions) group by user_id)

select {counts}
from listed as l
left join wide as w on l.user_id = w.user_id
order by l.row_no
"""


def pivot(con: duckdb.DuckDBPyConnection, users: pa.ChunkedArray) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Interactions a user, for each functionality, the most used first; users in the order given.

    ``con`` has the temporary table ``used`` (user_id, module, interactions), which is dropped.
    """
    is_large = len(users) > MANY_USERS
    names = [name for (name,) in con.execute(
        "select module from used group by module having sum(interactions) > 0 order by sum(interactions) desc, module"
    ).fetchall()]
    shown = names[:MODULE_COLUMNS] + ([OTHER_MODULES] if len(names) > MODULE_COLUMNS else [])
    if shown:
        places = [f"place{number}" for number in range(len(shown))]
        con.register("listed", pa.table({"user_id": users, "row_no": pa.array(range(len(users)))}))
        asked = _PIVOT.format(
            names=", ".join(map(quote_literal, places)),
            counts=", ".join(f"coalesce({place}, 0)::bigint" for place in places),
        )
        wide = arrow(con, asked, [MODULE_COLUMNS, names], is_large=is_large)
        con.unregister("listed")
        if is_large:
            release_disk_buffers(con)
        yield from zip(shown, wide.columns, strict=True)
    con.execute("drop table used")

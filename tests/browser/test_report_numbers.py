"""Every number the report computes, for many ranges, against the metric layer."""

import math
import random
import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from exports.report.build import write_report
from footfall.core.database import connect
from footfall.metrics.layer import ANSWERS, answer
from footfall.metrics.question import Question, limits
from tests.browser.conftest import Reader

SCRIPT = Path(__file__).with_name("answers.js").read_text(encoding="utf-8")

#: Columns that identify a row of an answer.
KEYS = {
    "insights": (), "visit_frequency": ("measure", "bucket"), "interactions_over_time": ("bucket", "os"),
    "by_functionality": ("module",), "path_items": ("level", "step", "item"),
    "path_links_top": ("level", "step", "source", "source_kind", "target", "target_kind"),
    "top_users": ("user_id",),
    "content_items": ("content_type", "content_id"), "content_items_by_os": ("content_type", "content_id", "os"),
    "searches": ("term",), "searches_by_os": ("term", "os"), "meetings": ("position",), "meetings_summary": ("kind",),
    "live_streams": ("content_id",), "live_stream_minutes": ("content_id", "minute_local"), "sponsors": ("sponsor_id",),
}
#: Answers that no page of the report shows.
NOT_ON_A_PAGE = {
    "interactions_by_day_os", "interactions_by_os", "path_links", "by_participant", "participant_functionality",
    "meeting_history", "data_facts", "reconciliation",
}
#: Columns of an answer that no page of the report shows. Every other column has to be there.
NOT_SHOWN = {
    "insights": "guest_visits visit_interactions elapsed_seconds engaged_seconds single_event_visits",
    "visit_frequency": "position share_of_users", "interactions_over_time": "granularity",
    "by_functionality": "share_of_interactions", "path_links_top": "average_seconds_on_source",
    "path_items": "share_of_visits average_seconds_on_item",
    "top_users": "first_name last_name groups is_deleted interactions_per_visit active_days average_elapsed_seconds"
                 " average_engaged_seconds last_seen_at",
    "content_items": "sponsor_id item_kind", "searches": "term_kind",
    "content_items_by_os": "title url is_deleted users average_seconds_viewed known_share",
    "searches_by_os": "users without_results share_without_results",
    "meetings": "meeting_id local_date scheduled_start scheduled_end end_local created_at updated_at",
    "live_streams": "starts_at ends_at peak_minute_at item_kind", "live_stream_minutes": "title minute_at",
    "sponsors": "staff",
}
#: And those that are not shown about one person.
NOT_SHOWN_OF_ONE = {
    "insights": " active_users guests visits_per_user user_visits interactions_per_visit_mean_of_users",
    "by_functionality": " views users reach", "path_links_top": " users",
}
OF_ONE_USER = ("insights", "interactions_over_time", "by_functionality", "path_links_top")
#: Characters of a time that are shown: these without seconds.
SHOWN_OF_TIMES = {"last_seen_local": 16, "start_local": 16}
#: Items a step that the path graph names.
TOP = 20


def ranges(first: date, last: date, count: int | None) -> list[tuple[date, date]]:
    """The whole, its ends, a single day, and ``count`` drawn ones; None: all there are."""
    draw = random.Random(5)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if count is None:
        return [(start, end) for place, start in enumerate(days) for end in days[place:]]
    drawn = [tuple(sorted(draw.choices(days, k=2))) for _ in range(count)]
    return [(first, last), (first, first), (last, last), (first, min(last, first + timedelta(days=2))), *drawn]


def plain(value: object, column: str = "") -> object:
    return value.isoformat()[: SHOWN_OF_TIMES.get(column)] if isinstance(value, date | datetime) else value


def wanted_rows(con: duckdb.DuckDBPyConnection, name: str, question: Question) -> list[dict]:
    """The rows of the metric layer that the report shows."""
    rows = answer(con, name, question).to_pylist()
    if name == "meetings":
        return [{**row, "position": place} for place, row in enumerate(rows)]
    if name == "path_links_top":  # cells do not add up over flows that are combined, so these have no users
        others = ("source_kind", "target_kind")
        return [{column: value for column, value in row.items() if column != "users"}
                if "other" in {row[kind] for kind in others} else row for row in rows]
    if name == "path_items":
        steps = defaultdict(list)
        for row in sorted(rows, key=lambda row: (-row["visits"], row["item"], row["item_kind"])):
            steps[row["level"], row["step"]].append(row)
        return [row for one in steps.values() for row in one[:TOP]]
    return rows


def assert_same(name: str, shown: list[dict], rows: list[dict], where: str, left_out: str = "") -> None:
    """Each row of the metric layer stands in the report with the same values, and no other does.

    Every column of the answer has to be there, except those in ``NOT_SHOWN`` and ``left_out``.
    """
    keys = KEYS[name]
    by_key = {tuple(row[key] for key in keys): row for row in shown}
    assert len(by_key) == len(shown), f"{name} {where}: a row stands twice"
    wanted = {tuple(plain(row[key]) for key in keys): row for row in rows}
    assert by_key.keys() == wanted.keys(), f"{name} {where}"
    not_shown = set(f"{NOT_SHOWN.get(name, '')} {left_out}".split())
    for key, row in wanted.items():
        missing = row.keys() - by_key[key].keys() - not_shown
        assert not missing, f"{name} {where} {key}: the report does not have {sorted(missing)}"
        for column in row.keys() - not_shown:
            found, value = by_key[key][column], row[column]
            is_same = (
                math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-9)
                if isinstance(value, int | float) and found is not None else found == plain(value, column)
            )
            assert is_same, f"{name} {where} {key} {column}: report {found!r}, metric layer {value!r}"


def answers_of(
    reader: Reader, con: duckdb.DuckDBPyConnection, workspace_id: str, start: date, end: date, user: int | None = None,
) -> dict:
    """What the report says about one range."""
    return all_answers(reader, con, workspace_id, [(start, end)], user)[0]


def all_answers(
    reader: Reader, con: duckdb.DuckDBPyConnection, workspace_id: str, spans: list[tuple[date, date]],
    user: int | None = None,
) -> list[dict]:
    """What the report says about each range, with the keys of path items (the report knows only their titles)."""
    items = answer(con, "path_items", Question(workspace_id)).to_pylist()
    keys = {level: sorted({(row["item"], row["item_kind"]) for row in items if row["level"] == level})
            for level in ("module", "content")}
    return reader.page.evaluate(
        f"async ([spans, user, keys]) => {{ Footfall.path_keys = keys; const all = [];"
        f" for (const [from, to] of spans) all.push(await ({SCRIPT})(Footfall, from, to, user)); return all; }}",
        [[[start.isoformat(), end.isoformat()] for start, end in spans], user, keys],
    )


def assert_right(
    reader: Reader, con: duckdb.DuckDBPyConnection, workspace_id: str, spans: list[tuple[date, date]],
) -> None:
    """Every answer of the open report for every range is the metric layer's."""
    for span, given in zip(spans, all_answers(reader, con, workspace_id, spans), strict=True):
        for name in KEYS:
            rows = wanted_rows(con, name, Question(workspace_id, *span))
            assert_same(name, given[name], rows, f"{span[0]} to {span[1]}")


def assert_right_about(
    reader: Reader, con: duckdb.DuckDBPyConnection, number: int, user_id: str, spans: list[tuple[date, date]],
) -> None:
    """Every answer of the open report about one user is the metric layer's; spans are longer than 3 days."""
    for span, given in zip(spans, all_answers(reader, con, "expo", spans, number), strict=True):
        for name in OF_ONE_USER:
            rows = wanted_rows(con, name, Question("expo", *span, user_id))
            assert_same(name, given[name], rows, f"{user_id} {span}", NOT_SHOWN_OF_ONE.get(name, ""))


def test_every_answer_is_compared_or_on_no_page() -> None:
    assert KEYS.keys() | NOT_ON_A_PAGE == ANSWERS.keys()
    assert not KEYS.keys() & NOT_ON_A_PAGE
    for name, columns in NOT_SHOWN.items():
        assert set(columns.split()) <= {column.name for column in ANSWERS[name].columns}, name


@pytest.mark.parametrize(("workspace_id", "drawn"), [("expo", None), ("groups", 8)])
def test_every_number_of_every_range_equals_the_metric_layer(
    workspace_id: str, drawn: int | None, con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    reader.open(report(workspace_id))
    assert_right(reader, con, workspace_id, ranges(*limits(con, workspace_id), count=drawn))
    reader.assert_quiet()


#: A wrong number in what the program computes: where it is planted, and the answer that is wrong then.
WRONG = {
    "last seen is 61 minutes late": ("F => { const one = F.topUsers; F.topUsers = (...a) => { const out = one(...a);"
                                     " out.last = out.last.map(minute => minute + 61); return out; }; }", "top_users"),
    "a column is missing": ("F => { const one = F.features; F.features = (...a) => one(...a)"
                            ".map(({ visits, ...row }) => row); }", "by_functionality"),
    "a row is missing": ("F => { const one = F.sponsors; F.sponsors = (...a) => one(...a).slice(1); }", "sponsors"),
}


@pytest.mark.parametrize("claim", WRONG)
def test_the_comparison_finds_a_wrong_number(
    claim: str, con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    planted, name = WRONG[claim]
    reader.open(report("expo"))
    reader.page.evaluate(f"({planted})(Footfall)")
    start, end = limits(con, "expo")
    given = answers_of(reader, con, "expo", start, end)
    with pytest.raises(AssertionError):
        assert_same(name, given[name], wanted_rows(con, name, Question("expo", start, end)), claim)


def test_every_number_of_one_user_equals_the_metric_layer(
    con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    page = reader.open(report("expo"), "users")
    ids = page.evaluate("Footfall.meta.users.ids.slice(0, Footfall.meta.counts.pages)")
    # by the hour there, by the day here: a person's graph is daily
    spans = [span for span in ranges(*limits(con, "expo"), count=2) if (span[1] - span[0]).days >= 3]
    for number in (0, 1, 5, len(ids) - 1):
        assert_right_about(reader, con, number, ids[number], spans)


def test_a_range_inside_the_report_counts_visits_that_began_before_it_in_features(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader,
) -> None:
    first, last = limits(con, "expo")
    start, end = first + timedelta(days=3), last - timedelta(days=3)
    write_report(con, "expo", start, end, tmp_path / "part.html")
    reader.open(tmp_path / "part.html")
    shown = answers_of(reader, con, "expo", start, end)
    for name in ("insights", "by_functionality", "interactions_over_time", "top_users"):
        assert_same(name, shown[name], answer(con, name, Question("expo", start, end)).to_pylist(), "part")


def test_local_times_come_from_the_data_and_not_from_the_browser(
    con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    reader.page.add_init_script("Intl.DateTimeFormat = function () { throw new Error('no time zones here'); };")
    reader.open(report("groups"), "streams")
    start, end = limits(con, "groups")
    shown = answers_of(reader, con, "groups", start, end)
    for name in ("live_streams", "live_stream_minutes"):
        rows = answer(con, name, Question("groups", start, end)).to_pylist()
        assert rows
        assert_same(name, shown[name], rows, "without zones")
    reader.assert_quiet()


def test_a_range_of_decades_draws_the_days_with_data(report: Callable[[str], Path], reader: Reader) -> None:
    page = reader.open(report("expo"), "meetings")
    drawn = page.evaluate("""() => {
        const buckets = Array.from({ length: 20000 }, (_, day) => Footfall.isoDay(day));
        const values = Footfall.meta.os.map(() => new Float64Array(buckets.length));
        values[0][7] = 3; values[2][19999] = 4;
        const { data, signals } = Footfall.timeContent({ buckets, values, hourly: false }, 'Views');
        return [data.table.length, Object.values(signals.labels)];
    }""")
    assert drawn == [4, ["8 Jan 1970", "3 Oct 2024"]]


def test_times_with_a_stream_that_reach_over_days_are_counted_once_in_every_range(
    published: Path, tmp_path: Path, reader: Reader,
) -> None:
    shutil.copy(published, tmp_path / "long.duckdb")
    with connect(tmp_path / "long.duckdb") as con:
        con.execute("update marts.fct_content_views set seconds_viewed = (hash(view_id) % 300000)::decimal(18, 3),"
                    " content_id = 'li' || hash(view_id) % 2 where content_type = 'live_stream'"
                    " and workspace_id = 'expo'")
        write_report(con, "expo", None, None, tmp_path / "long.html")
        reader.open(tmp_path / "long.html", "streams")
        assert reader.page.evaluate("Footfall.rowsOf('stream_repeats').length") > 5
        first, _ = limits(con, "expo")
        spans = ranges(first + timedelta(days=1), first + timedelta(days=7), None)
        for span, given in zip(spans, all_answers(reader, con, "expo", spans), strict=True):
            for name in ("live_streams", "live_stream_minutes"):
                assert_same(name, given[name], wanted_rows(con, name, Question("expo", *span)), f"{span}")

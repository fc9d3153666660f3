"""Every number the report computes, for many ranges, against the metric layer."""

import math
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from footfall.metrics.layer import answer
from footfall.metrics.question import Question, limits
from tests.browser.conftest import Reader

SCRIPT = Path(__file__).with_name("answers.js").read_text(encoding="utf-8")

#: Columns that identify a row of an answer.
KEYS = {
    "insights": (), "visit_frequency": ("measure", "bucket"), "interactions_over_time": ("bucket", "os"),
    "by_functionality": ("module",),
    "path_links_top": ("level", "step", "source", "source_kind", "target", "target_kind"),
    "top_users": ("user_id",),
    "content_items": ("content_type", "content_id"), "content_items_by_os": ("content_type", "content_id", "os"),
    "searches": ("term",), "searches_by_os": ("term", "os"), "meetings_summary": ("kind",),
    "live_streams": ("content_id",), "live_stream_minutes": ("content_id", "minute_local"), "sponsors": ("sponsor_id",),
}
OF_ONE_USER = ("insights", "visit_frequency", "interactions_over_time", "by_functionality", "path_links_top")


def ranges(first: date, last: date, count: int) -> list[tuple[date, date]]:
    """The whole, its ends, a single day, and ``count`` drawn ones."""
    draw = random.Random(5)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    drawn = [tuple(sorted(draw.choices(days, k=2))) for _ in range(count)]
    return [(first, last), (first, first), (last, last), (first, min(last, first + timedelta(days=2))), *drawn]


def plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def assert_same(name: str, shown: list[dict], rows: list[dict], where: str) -> None:
    """Each row of the metric layer stands in the report with the same values, and no other does."""
    keys = KEYS[name]
    by_key = {tuple(row[key] for key in keys): row for row in shown}
    assert len(by_key) == len(shown), f"{name} {where}: a row stands twice"
    wanted = {tuple(plain(row[key]) for key in keys): row for row in rows}
    assert by_key.keys() == wanted.keys(), f"{name} {where}"
    for key, row in wanted.items():
        for column, value in row.items():
            if column not in by_key[key]:
                continue
            found = by_key[key][column]
            is_same = (
                math.isclose(found, value, rel_tol=1e-9, abs_tol=1e-9)
                if isinstance(value, int | float) and found is not None else found == plain(value)
            )
            assert is_same, f"{name} {where} {key} {column}: report {found!r}, metric layer {value!r}"


def answers_of(
    reader: Reader, con: duckdb.DuckDBPyConnection, workspace_id: str, start: date, end: date, user: int | None = None,
) -> dict:
    """What the report says, with the keys of path items (the report itself knows only their titles)."""
    items = answer(con, "path_items", Question(workspace_id)).to_pylist()
    keys = {level: sorted({row["item"] for row in items if row["level"] == level}) for level in ("module", "content")}
    return reader.page.evaluate(
        f"([from, to, user, keys]) => {{ Footfall.path_keys = keys; return ({SCRIPT})(Footfall, from, to, user); }}",
        [start.isoformat(), end.isoformat(), user, keys],
    )


@pytest.mark.parametrize(("workspace_id", "drawn"), [("expo", 6), ("groups", 4)])
def test_every_number_of_many_ranges_equals_the_metric_layer(
    workspace_id: str, drawn: int, con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    reader.open(report(workspace_id))
    for start, end in ranges(*limits(con, workspace_id), count=drawn):
        shown = answers_of(reader, con, workspace_id, start, end)
        where = f"{start} to {end}"
        for name in KEYS:
            rows = answer(con, name, Question(workspace_id, start, end)).to_pylist()
            assert_same(name, shown[name], rows, where)
    reader.assert_quiet()


def test_every_number_of_one_user_equals_the_metric_layer(
    con: duckdb.DuckDBPyConnection, report: Callable[[str], Path], reader: Reader,
) -> None:
    page = reader.open(report("expo"), "users")
    ids = page.evaluate("Footfall.meta.users.ids.slice(0, Footfall.meta.counts.pages)")
    for number in (0, 1, 5, len(ids) - 1):
        for start, end in ranges(*limits(con, "expo"), count=2):
            if (end - start).days < 3:
                continue  # by the hour there, by the day here: a person's graph is daily
            shown = answers_of(reader, con, "expo", start, end, number)
            for name in OF_ONE_USER:
                rows = answer(con, name, Question("expo", start, end, ids[number])).to_pylist()
                assert_same(name, shown[name], rows, f"{ids[number]} {start} to {end}")


def test_a_range_inside_the_report_counts_visits_that_began_before_it_in_features(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader,
) -> None:
    from exports.report.build import write_report

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

"""The report's reach and tools: all days, a range beside the range, tables as CSV, addresses, people left out."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from exports.report import extract
from exports.report.build import write_report
from exports.report.meta import PAGES
from exports.tables.text import csv_text
from footfall.core.database import connect
from footfall.metrics.layer import answer
from footfall.metrics.question import Question, limits
from tests.browser import blocks
from tests.browser.conftest import Reader
from tests.browser.world import World, publish

Report = Callable[[str], Path]
EVENT = (date(2026, 6, 5), date(2026, 6, 8))


@pytest.fixture(scope="module")
def all_days(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report about all published days that opens on those of the event."""
    path = tmp_path_factory.mktemp("all") / "report.html"
    write_report(con, "expo", *EVENT, path, days=(None, None))
    return path


def test_the_report_opens_on_the_events_days_and_has_all_others(
    all_days: Path, con: duckdb.DuckDBPyConnection, reader: Reader,
) -> None:
    page = reader.open(all_days)
    visits = page.locator(".tile", has=page.get_by_role("button", name="Visits", exact=True)).locator(".big")
    for name, span in (("Event days", EVENT), ("All days", limits(con, "expo"))):
        page.get_by_role("button", name=name).click()
        wanted = answer(con, "insights", Question("expo", *span)).to_pylist()[0]["visits"]
        expect(visits).to_have_text(str(wanted))
    page.go_back()
    expect(visits).to_have_text(str(answer(con, "insights", Question("expo", *EVENT)).to_pylist()[0]["visits"]))
    reader.assert_quiet()


#: Label of a tile or note -> [number, change], as texts.
CHANGES = """() => Object.fromEntries([...document.querySelectorAll('.tile')].map(tile => [
    tile.querySelector('.defined').textContent,
    [tile.querySelector('.big').textContent, tile.querySelector('dd > .change').textContent]]))"""


def test_a_second_range_stands_beside_the_first_with_the_change_in_per_cent(
    all_days: Path, con: duckdb.DuckDBPyConnection, reader: Reader,
) -> None:
    page = reader.open(all_days)
    page.get_by_label("Compare with").select_option("previous")
    page.wait_for_function("() => document.documentElement.dataset.drawn.endsWith('/2026-06-01/2026-06-04')")
    now, then = (answer(con, "insights", Question("expo", *span)).to_pylist()[0]
                 for span in (EVENT, (date(2026, 6, 1), date(2026, 6, 4))))
    found = page.evaluate(CHANGES)
    for label, column in (("Active users", "active_users"), ("Total interactions", "interactions")):
        percent = (now[column] - then[column]) / then[column] * 100
        sign = "\u2212" if percent < 0 else "+"
        assert found[label] == [f"{now[column]:,}", f"{sign}{abs(percent):.1f} % from {then[column]:,}"], label
    rows = answer(con, "interactions_over_time", Question("expo", date(2026, 6, 1), date(2026, 6, 4))).to_pylist()
    marks = page.evaluate("""() => Footfall.timeContent(Footfall.overTime(Footfall.days()), 'Interactions',
        Footfall.beside(then => Footfall.overTime(then))).rows.map(row => row.before.total)""")
    assert marks == [sum(row["interactions"] for row in rows if row["bucket"].date() == date(2026, 6, day))
                     for day in (1, 2, 3, 4)]
    assert page.locator("figure.columns .compared path").count() == 4
    for key, _, _ in PAGES:  # the comparison goes with the reader
        page.locator(f"#pages a[href^='#{key}?']").click()
        reader.wait(key)
        assert "compared with 1 Jun 2026" in page.locator("#range-text").inner_text()
        assert page.locator(".tile:not(:has(dd > .change))").count() == 0, key
    reader.assert_quiet()


def test_free_dates_that_begin_before_the_data_are_compared_day_by_day(all_days: Path, reader: Reader) -> None:
    page = reader.open(all_days, "documents?from=2026-06-01&to=2026-06-04&compare=2026-05-30_2026-06-02")
    assert page.get_by_label("Compare with").input_value() == "dates"
    marks = page.evaluate("""() => { const all = () => true;
        const now = Footfall.viewsOverTime(Footfall.days(), all);
        const before = Footfall.beside(then => Footfall.viewsOverTime(then, all));
        return [now.buckets.map((_, place) => Footfall.sum(now.values.map(one => one[place]))),
            Footfall.timeContent(now, 'Views', before).rows.map(row => row.before && row.before.total)]; }""")
    assert marks[1] == [None, None, *marks[0][:2]]
    page = reader.open(all_days, "insights?compare=2025-01-01_2025-01-04")
    page.reload()
    reader.wait("insights")
    assert "which has no data" in page.locator("#range-text").inner_text()
    assert page.locator(".change").count() == 0
    reader.assert_quiet()


@pytest.mark.parametrize(("now", "before", "text"), [
    (0, 0, "no change"), (5, 5, "no change"), (3, 0, "new"), (0, 4, "\u2212100.0 %"), (3, 2, "+50.0 %"),
    (10_001, 10_000, "+< 0.1 %"), (None, 2, "\u2013"), (2, None, "\u2013"), (5000, 2, "+249,900.0 %"),
])
def test_a_change_is_exact_and_from_nothing_there_is_no_per_cent(
    now: float | None, before: float | None, text: str, all_days: Path, reader: Reader,
) -> None:
    page = reader.open(all_days)
    assert page.evaluate("([now, before]) => Footfall.change(now, before)", [now, before]) == text


def saved(reader: Reader, name: str) -> list[list[str]]:
    with reader.page.expect_download() as download:
        reader.page.get_by_role("button", name=f"Save {name} as CSV").last.click()
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_tables_are_saved_as_csv_as_they_are_filtered(
    all_days: Path, con: duckdb.DuckDBPyConnection, reader: Reader,
) -> None:
    page = reader.open(all_days, "users")
    page.get_by_role("searchbox").fill("last1")
    rows = saved(reader, "Top users")
    wanted = [row for row in answer(con, "top_users", Question("expo", *EVENT)).to_pylist() if "Last1" in row["name"]]
    named = {row[0]: row for row in rows[1:]}
    assert all("Last1" in name for name in named) and len(rows) > 5
    engaged = rows[0].index("Engaged time (seconds)")
    for row in wanted:
        assert float(named[row["name"]][engaged]) == pytest.approx(float(row["engaged_seconds"]))
    reader.go("documents")
    documents = saved(reader, "Documents")
    assert len(documents) == 1 + len([row for row in answer(con, "content_items", Question("expo", *EVENT)).to_pylist()
                                      if row["content_type"] == "document"])
    reader.assert_quiet()


def test_csv_fields_are_quoted_and_no_formula(tmp_path: Path, reader: Reader) -> None:
    texts = ("=1+1", " =x", "\uff1dcmd", "@sum", "-2", "a,b", 'say "x"', "it's", "'quoted", "two\nlines", "\x00\x1f",
             "plain", "\u0085=1", "\ttab", "\ufffe")
    publish(tmp_path / "f.duckdb", World(users=5, visits=20, days=2))
    with connect(tmp_path / "f.duckdb", read_only=True) as con:
        write_report(con, "expo", None, None, tmp_path / "r.html")
    page = reader.open(tmp_path / "r.html")
    assert page.evaluate("texts => texts.map(Footfall.csvText)", list(texts)) == [csv_text(text) for text in texts]


def test_the_chosen_item_is_in_the_address_and_back_leaves_it(all_days: Path, reader: Reader) -> None:
    page = reader.open(all_days, "speakers")
    for number in (1, 2):
        page.get_by_role("combobox", name="Show").click()
        page.get_by_role("option", name=f"Item speaker {number}").click()
        expect(page.locator("h2.item")).to_have_text(f"Item speaker {number}")
        assert f"item=sp{number}" in page.url
        page.locator("h1").click()
    page.go_back()
    expect(page.locator("h2.item")).to_have_text("Item speaker 1")
    expect(page.get_by_role("combobox", name="Show")).to_have_value("Item speaker 1")
    page.go_back()
    expect(page.locator("h2.item")).to_have_count(0)
    page.go_forward()
    expect(page.locator("h2.item")).to_have_text("Item speaker 1")
    page.get_by_role("link", name="Sponsors").click()
    reader.wait("sponsors")
    assert "item=" not in page.url and page.locator("h2.item", has_text="speaker").count() == 0
    reader.assert_quiet()


def test_the_reader_is_shown_whose_pages_there_are_and_what_other_combines(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extract, "PAGES_FOR_ALL", 10)
    monkeypatch.setattr(extract, "PAGES_OF_MANY", 3)
    write_report(con, "expo", None, None, tmp_path / "many.html")
    page = reader.open(tmp_path / "many.html", "users")
    expect(page.locator("#content")).to_contain_text("The 3 most active users of all days have a page of their own")
    reader.go("insights")
    note = page.locator("figure.path > .left-out")
    expect(note).to_be_hidden()
    page.get_by_role("button", name="Content", exact=True).click()
    expect(note).to_contain_text("not among its 20 most visited")
    reader.assert_quiet()


def test_headings_are_in_order_and_saved_pictures_have_no_hidden_text(
    all_days: Path, reader: Reader, tmp_path: Path,
) -> None:
    page = reader.open(all_days)
    for key, _, _ in PAGES:
        reader.go(key)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(now <= before + 1 for before, now in pairwise(levels)), key
    reader.go("insights")
    for kind in ("columns", "ranking", "path"):
        with page.expect_download() as download:
            page.locator(f"figure.{kind}").first.get_by_role("button", name="SVG").click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert "No data in this range" not in text
        assert not re.findall(r'<text[^>]*opacity="0"', text)
    reader.assert_quiet()


def test_items_of_paths_keep_their_colours_between_pages_apart_from_those_of_systems(
    all_days: Path, reader: Reader,
) -> None:
    page = reader.open(all_days, "users")
    colours = page.evaluate("""() => { const of = user => {
        const result = Footfall.paths(Footfall.days('2026-06-01', '2026-06-13'), 'module', user);
        return Object.fromEntries([...Footfall.pathColours(result, 'module')]
            .map(([item, one]) => [result.labels[item], one]));
    }; return Footfall.need('people').then(() => [of(null), of(0), of(3)]); }""")
    systems = page.evaluate("Footfall.meta.os.map(one => one.colour)")
    assert len(set(colours[0].values())) == 9  # eight, and one for the rest
    assert not set(colours[0].values()) & set(systems)
    for one in colours[1:]:
        assert one and one.items() <= colours[0].items()


def test_a_report_without_people_holds_no_name_and_no_id_of_one(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader,
) -> None:
    write_report(con, "expo", *EVENT, tmp_path / "none.html", days=(None, None), has_people=False)
    html = (tmp_path / "none.html").read_text(encoding="utf-8")
    data = blocks.raw(html)
    people = con.execute("select user_id, first_name, last_name, email, profile_url from marts.dim_participants"
                         " where workspace_id = 'expo'").fetchall()
    assert len(people) == 40
    for user_id, *names in people:
        for trace in (f'"{user_id}"', f"user:{user_id}", *(f'"{name}' for name in names)):
            assert trace.encode() not in data and trace not in html, trace
    assert {table for texts in blocks.read(html).values() for table in texts["index"]
            if table.startswith(("own_", "user_"))} == set()
    page = reader.open(tmp_path / "none.html")
    shown = page.locator("#pages a").all_inner_texts()
    assert shown == [title for key, title, _ in PAGES if key not in ("users", "popular")]
    page.get_by_role("button", name="Content", exact=True).click()
    wanted = answer(con, "insights", Question("expo", *EVENT)).to_pylist()[0]["active_users"]
    assert page.evaluate("Footfall.insights(Footfall.days()).active_users") == wanted
    page.evaluate("location.hash = '#user/0'")
    reader.wait("insights")
    reader.assert_quiet()

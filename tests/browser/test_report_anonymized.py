"""A report of an anonymized workspace: precomputed answers in place of rows, one range, reasons for hidden numbers."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from exports.report.build import render_report, write_report
from exports.report.meta import PAGES
from footfall.metrics.layer import answer
from footfall.metrics.question import Question, limits
from tests.browser import blocks
from tests.browser.conftest import Reader
from tests.browser.test_report_numbers import KEYS, NOT_SHOWN_OF_ONE, answers_of, assert_same, wanted_rows

Report = Callable[[str], Path]

#: Tiles without a precomputed answer: they are about people of all items or terms together.
ABSENT = {"Users", "Users who searched", "Without results"}
#: Tiles of a page, and the cells of its tables.
SHOWN = """() => {
    const name = node => node.querySelector('.defined').textContent;
    const notes = tile => [...tile.querySelectorAll('.note')];
    const cells = one => [...one.querySelectorAll('tr')].map(row => [...row.children].map(cell => cell.textContent));
    return {
        tiles: Object.fromEntries([...document.querySelectorAll('.tile')].flatMap(tile => [
            [name(tile), tile.querySelector('.big').textContent],
            ...notes(tile).map(note => [name(tile) + ': ' + name(note), note.querySelector('b').textContent])])),
        tables: [...document.querySelectorAll('#content .table')].map(one =>
            [one.querySelector('caption').textContent, cells(one)]),
    };
}"""


#: The users listed, and the numbers of Insights, null where one is not shown.
LISTED = """() => {
    const totals = Footfall.topUsers(Footfall.days());
    return Footfall.meta.users.ids.map((user_id, at) => ({ user_id, visits: totals.visits[at],
        interactions: totals.interactions[at], engaged_seconds: totals.engaged[at] })).filter(row => row.visits);
}"""
INSIGHTS = """() => Object.fromEntries(Object.entries(Footfall.insights(Footfall.days()))
    .map(([name, value]) => [name, Number.isNaN(value) ? null : value]))"""


@pytest.fixture(scope="module")
def precomputed(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a workspace that is not anonymized, made as if it were."""
    path = tmp_path_factory.mktemp("precomputed") / "expo.html"
    path.write_text(render_report(con, "expo", None, None, is_fixed=True)[0], encoding="utf-8")
    return path


def test_every_page_shows_what_the_report_with_rows_shows(precomputed: Path, report: Report, reader: Reader) -> None:
    reader.open(report("expo"))
    with_rows = {}
    for key, _, _ in PAGES:
        reader.go(key)
        with_rows[key] = reader.page.evaluate(SHOWN)
    reader.open(precomputed)
    for key, _, _ in PAGES:
        reader.go(key)
        found, wanted = reader.page.evaluate(SHOWN), with_rows[key]
        absent = {name for name in wanted["tiles"] if name.split(": ")[-1] in ABSENT or name.split(": ")[0] in ABSENT}
        assert found["tiles"] == {name: text for name, text in wanted["tiles"].items() if name not in absent}, key
        tables = {caption for caption, _ in wanted["tables"]} - {"Views over time"}
        assert {caption for caption, _ in found["tables"]} == tables, key
        for table in wanted["tables"]:
            assert table[0] == "Views over time" or table in found["tables"], f"{key}: {table[0]}"
    reader.assert_quiet()


def test_every_number_equals_the_metric_layer(
    precomputed: Path, con: duckdb.DuckDBPyConnection, reader: Reader,
) -> None:
    reader.open(precomputed)
    given = answers_of(reader, con, "expo", *limits(con, "expo"))
    for name in KEYS:
        assert_same(name, given[name], wanted_rows(con, name, Question("expo")), "precomputed")


def test_the_range_is_shown_and_cannot_be_chosen(report: Report, reader: Reader) -> None:
    page = reader.open(report("anonymous"), "insights?from=2026-06-02&to=2026-06-02")
    assert page.locator("#from").input_value() == page.evaluate("Footfall.meta.range.start") != "2026-06-02"
    for control in page.locator("#range input, #range button").all():
        assert control.is_disabled()
    assert "only the whole date range can be shown" in page.locator("#range-why").inner_text()
    assert page.locator("#range").get_attribute("aria-describedby") == "range-why"
    whole = page.locator("#range-text").inner_text()
    page.evaluate("location.hash = '#search?from=2026-06-02&to=2026-06-02'")
    reader.wait("search")
    assert page.locator("#range-text").inner_text() == whole
    reader.assert_quiet()


def test_where_nobody_may_be_named_the_file_holds_no_rows(report: Report, con: duckdb.DuckDBPyConnection) -> None:
    html = report("anonymous").read_text(encoding="utf-8")
    data = blocks.read(html)
    assert {name: texts["index"] for name, texts in data.items()} == {name: {} for name in data}
    people = con.execute("select user_id, first_name, email, profile_url, company from marts.dim_participants"
                         " where workspace_id = 'anonymous'").fetchall()
    held = json.dumps([{**texts, "definitions": None} for texts in data.values()])
    for user_id, first, email, url, _ in people:
        assert not [trace for trace in (f'"{user_id}"', f'user:{user_id}"', first, email, url) if trace in held]
    assert data["users"]["users"] == {"names": [], "ids": [], "companies": [], "urls": []}
    assert data["first"]["counts"] == dict.fromkeys(("users", "pages", "named"), 0)


def test_rows_are_those_of_people_who_may_be_named(
    report: Report, con: duckdb.DuckDBPyConnection, reader: Reader,
) -> None:
    data = blocks.read(report("domains").read_text(encoding="utf-8"))
    assert {name: set(texts["index"]) for name, texts in data.items()} == {
        "first": set(), "paths": set(), "content": set(), "users": {"user_days"},
        "people": {"own_visits", "own_usage", "own_paths_module", "own_paths_content"},
    }
    named = con.execute("select list(user_id order by user_id) from marts.dim_participants"
                        " where workspace_id = 'domains' and not is_anonymized and not is_test").fetchone()[0]
    assert sorted(data["users"]["users"]["ids"]) == named
    page = reader.open(report("domains"), "users")
    page.evaluate("Footfall.need('people')")
    assert page.evaluate("Math.max(...Footfall.tables.own_visits.person)") < len(named)
    assert page.evaluate("Math.max(...Footfall.tables.user_days.person)") < len(named)
    rows = answer(con, "top_users", Question("domains")).to_pylist()
    assert_same("top_users", page.evaluate(LISTED), [row for row in rows if row["user_id"] in named], "domains",
                "rank name company profile_url elapsed_seconds last_seen_local")
    # Numbers of the workspace are the answers', not what the rows of those named add up to.
    wanted = answer(con, "insights", Question("domains")).to_pylist()
    assert_same("insights", [page.evaluate(INSIGHTS)], wanted, "domains")
    page.get_by_role("link", name="See more").first.click()
    page.wait_for_function("() => document.documentElement.dataset.drawn.startsWith('user/')")
    assert page.locator("figure").count() == 3
    reader.assert_quiet()


def test_the_report_of_one_person_who_may_be_named_has_one_range_too(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader,
) -> None:
    write_report(con, "domains", None, None, tmp_path / "one.html", user_id="u1")
    page = reader.open(tmp_path / "one.html", "user/0")
    assert page.locator("h1").inner_text() == "First1 Last1"
    assert page.locator("#from").is_disabled()
    wanted = answer(con, "insights", Question("domains", user_id="u1")).to_pylist()
    shown = page.evaluate("Footfall.insights(Footfall.days(), 0)")
    assert_same("insights", [shown], wanted, "u1", NOT_SHOWN_OF_ONE["insights"])
    reader.assert_quiet()


def hide(block: str, texts: dict) -> None:
    """Numbers and rows as an answer about few people has them."""
    if block == "first":
        texts["answer_insights"] |= {"guests": [None], "average_elapsed_seconds": [None]}
        texts["os_seen"] = [False] * len(texts["os"])
        texts["answer_interactions_over_time"] = {
            "bucket": ["2026-06-02T00:00:00", None], "os": ["(all)"] * 2, "granularity": ["day"] * 2,
            "interactions": [70, 31],
        }
        texts["answer_visit_frequency"] = {"measure": ["active_days"] * 2, "bucket": ["2", "(other)"], "users": [7, 6]}
        modules = texts["answer_by_functionality"]
        modules["module"][0], modules["users"][1], modules["interactions"][2] = "(other)", None, None
        modules["visits"] = [None] * len(modules["visits"])
        links = texts["answer_path_links_top_module"]
        links |= {name: [None] * len(links["step"]) for name in ("users", "interactions", "seconds_on_source")}
        links["target"][0] = "(other)"
    if block == "content":
        items = texts["answer_content_items"]
        hidden_columns = ("seconds_viewed", "average_seconds_viewed", "known_share")
        items |= {name: [None] * len(items["item"]) for name in hidden_columns}
        sponsors = texts["answer_sponsors"]
        sponsors |= {name: [None] * len(sponsors["item"]) for name in sponsors if name not in ("item", "meetings")}
        for name in ("content_items_by_os", "searches_by_os", "searches", "live_stream_minutes"):
            texts[f"answer_{name}"] = {column: [] for column in texts[f"answer_{name}"]}
        texts["answer_live_streams"]["viewers"] = [None] * len(texts["answer_live_streams"]["viewers"])


@pytest.fixture(scope="module")
def hidden(precomputed: Path) -> Path:
    """A report with numbers that are not shown."""
    path = precomputed.with_name("hidden.html")
    path.write_text(blocks.changed(precomputed.read_text(encoding="utf-8"), hide), encoding="utf-8")
    return path


def test_a_hidden_number_gives_its_reason(hidden: Path, reader: Reader) -> None:
    page = reader.open(hidden)
    tile = page.locator(".tile", has=page.get_by_role("button", name="Average visit duration", exact=True))
    duration = tile.locator(".big")
    expect(duration).to_contain_text("not shown")
    expect(duration).to_contain_text("(fewer than 5 people)")
    duration.get_by_role("button").focus()
    expect(page.get_by_role("tooltip")).to_contain_text("Fewer than 5 people are behind this number")
    assert page.locator(".note", has_text="Guests").locator("b").inner_text().startswith("not shown")
    assert "0" not in page.locator(".note", has_text="Guests").locator("b").inner_text()
    reader.assert_quiet()


def test_graphs_and_tables_name_what_they_leave_out(hidden: Path, reader: Reader) -> None:
    page = reader.open(hidden)
    time, features, path, frequency = page.locator("figure").all()
    assert "* Not shown on its own: fewer than 5 people. These together: 31 interactions." in time.inner_text()
    assert "Not split by operating system" in time.inner_text()
    for figure in (time, features, path, frequency):
        figure.locator("summary").click()
    cells = time.locator("tbody tr").all_inner_texts()
    assert [row.split("\t")[1] for row in cells[:3]] == ["not shown", "70", "not shown"]
    assert "1 is not drawn: fewer than 5 people" in features.inner_text()
    assert "Left out because the workspace is anonymized: Visits." in features.inner_text()
    assert features.locator("tbody tr").first.locator("th").inner_text() == "(other)"
    assert features.locator(".mark-text").first.locator("text").last.text_content() == "(other)"
    assert "Users; Time on item" in path.inner_text()
    classes = frequency.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in classes] == [["2", "7"], ["(other)", "6"]]
    reader.assert_quiet()


def test_pages_work_without_hidden_numbers(hidden: Path, reader: Reader) -> None:
    page = reader.open(hidden, "search")
    assert page.locator(".tile", has_text="Searches").locator(".big").inner_text().startswith("not shown")
    assert page.locator("td.nothing").last.inner_text() == "No data, or fewer than 5 people"
    assert "No data, or fewer than 5 people" in page.locator("figure svg").text_content()
    reader.go("speakers")
    assert page.locator(".tile dt .defined").all_inner_texts() == ["Views"]
    assert page.get_by_role("group", name="Ranked by").get_by_role("button").all_inner_texts() == ["Views", "Users"]
    assert "Time, total; Time, average; Time known" in page.locator("#content > div > .table .left-out").inner_text()
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Item speaker 1").click()
    expect(page.locator("h2.item")).to_have_text("Item speaker 1")
    reader.go("streams")
    assert page.locator("figure").count() == 1
    assert page.locator("figure .mark-rect path").count() > 0
    reader.go("sponsors")
    assert page.locator("figure h2").last.locator(".defined").inner_text() == "Meetings with sponsors"
    page.emulate_media(media="print")
    assert page.locator("#range-why").is_visible()
    reader.assert_quiet()

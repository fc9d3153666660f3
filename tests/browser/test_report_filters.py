"""Graphs and tables after the reader changed the date range or chose an item: the same as in a report just opened."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import expect

from exports.report.build import write_report
from exports.report.meta import PAGES
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.browser.conftest import Reader

Report = Callable[[str], Path]

ALL = ("2026-06-01", "2026-06-13")
WHOLE = "1 Jun 2026 \u2013 13 Jun 2026"
#: From wide to narrow to wide, with narrow ranges at both ends and in the middle.
WALK = (("2026-06-06", "2026-06-06"), ALL, ("2026-06-12", "2026-06-13"), ("2026-06-02", "2026-06-04"), ALL)
#: Every text of every picture, with its place in the picture.
TEXTS = """() => [...document.querySelectorAll('figure')].map(figure => {
    const svg = figure.querySelector('.picture svg');
    const corner = svg.getBoundingClientRect();
    return [figure.querySelector('h2 .defined').textContent, [...svg.querySelectorAll('text')]
        .filter(text => text.textContent && text.getAttribute('opacity') !== '0').map(text => {
            const box = text.getBoundingClientRect();
            return [Math.round(box.x - corner.x), Math.round(box.y - corner.y), text.textContent];
        }).sort()];
})"""


def show(reader: Reader, page: str, start: str, end: str) -> list:
    """The texts of all pictures of ``page`` for a range."""
    reader.page.evaluate("where => { location.hash = where; }", f"{page}?from={start}&to={end}")
    reader.page.wait_for_function(
        "wanted => document.documentElement.dataset.drawn === wanted", arg=f"{page}?{start}/{end}"
    )
    return reader.page.evaluate(TEXTS)


@pytest.mark.parametrize("where", ["insights", "documents", "meetings", "sponsors", "streams", "user/0"])
def test_after_other_ranges_every_graph_is_as_in_a_report_just_opened(
    where: str, report: Report, reader: Reader,
) -> None:
    fresh = {}
    for span in dict.fromkeys(WALK):
        reader.page.goto("about:blank")
        reader.open(report("expo"), f"{where}?from={span[0]}&to={span[1]}")
        fresh[span] = show(reader, where, *span)
    assert any(texts for _, texts in fresh[ALL])
    for span in WALK:
        assert show(reader, where, *span) == fresh[span], span
    reader.assert_quiet()


#: Names of sponsors in everything that can be seen.
SPONSORS = """() => [...document.querySelectorAll('#content :is(td, th, text, h2)')]
    .filter(one => one.checkVisibility()).flatMap(one => one.textContent.match(/Item sponsor \\d+/g) || [])"""


def test_a_chosen_sponsor_is_the_only_one_on_the_page_and_on_paper(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "sponsors")
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="Item sponsor 2").click()
    expect(page.locator("h2.item").first).to_have_text("Item sponsor 2")
    contacts = page.locator("figure", has_text="Contacts with sponsors")
    expect(contacts.locator("svg .mark-text").first.locator("text")).to_have_count(1)
    assert not contacts.evaluate("figure => { const box = figure.getBoundingClientRect();"
                                 " return box.top < innerHeight && box.bottom > 0; }"), "drawn although out of sight"
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        names = page.evaluate(SPONSORS)
        assert set(names) == {"Item sponsor 2"}, media
    labels = page.locator(".tile dt .defined").all_inner_texts()
    assert {"People reached", "Document openings", "Link clicks", "Booth visits", "Meetings"} <= set(labels)
    reader.assert_quiet()


#: Ids of the rows of each answer, in the order of the report.
ORDERS = """() => {
    const days = Footfall.days();
    const ids = rows => rows.map(row => row.item.id);
    const types = [...new Set(Footfall.meta.items.map(item => item.type))].sort();
    return {
        by_functionality: Footfall.features(days).map(row => row.module),
        content_items: types.flatMap(type => ids(Footfall.content(days, type).rows)),
        searches: Footfall.searches(days).rows.map(row => row.term),
        live_streams: ids(Footfall.streams(days)), sponsors: ids(Footfall.sponsors(days)),
    };
}"""
NAMES = {"by_functionality": "module", "content_items": "content_id", "searches": "term",
         "live_streams": "content_id", "sponsors": "sponsor_id"}


@pytest.mark.parametrize("span", [ALL, ("2026-06-03", "2026-06-03"), ("2026-06-12", "2026-06-13")])
def test_equal_numbers_stand_in_the_order_of_the_answers(
    span: tuple[str, str], con: duckdb.DuckDBPyConnection, report: Report, reader: Reader,
) -> None:
    question = Question("expo", *span)
    page = reader.open(report("expo"), f"users?from={span[0]}&to={span[1]}")
    page.evaluate("Footfall.need('content')")
    orders = page.evaluate(ORDERS)
    for name, column in NAMES.items():
        assert orders[name] == [row[column] for row in answer(con, name, question).to_pylist()], name
    names = page.locator("tbody th a:first-child bdi").all_inner_texts()
    wanted = [row["name"] for row in answer(con, "top_users", question).to_pylist()]
    assert names[: len(wanted)] == wanted


def test_the_workbook_is_linked_where_it_is_and_named_where_it_is_not(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader,
) -> None:
    folder = tmp_path / "exports" / "expo & co" / "100%25" / "event"
    folder.mkdir(parents=True)
    write_report(con, "expo", None, None, folder / "report.html", folder="expo & co/100%25/event")
    page = reader.open(folder / "report.html")
    link = page.get_by_role("link", name="Export interaction stats")
    assert link.get_attribute("href") == "interaction_stats.xlsx"
    text = page.locator(".workbook")
    expect(text).to_contain_text(f"All numbers of {WHOLE} as an Excel workbook.")
    page.evaluate("location.hash = '#insights?from=2026-06-03&to=2026-06-03'")
    expect(text).to_contain_text(f"{WHOLE} as an Excel workbook, not only those of the dates shown here.")
    shutil.copy(folder / "report.html", tmp_path / "report.html")
    page = reader.open(tmp_path / "report.html")
    assert page.get_by_role("link", name="Export interaction stats").count() == 0
    assert page.get_by_role("button", name="Export interaction stats").is_disabled()
    expect(text).to_contain_text("is not next to this copy of the report; it is in the folder expo & co/100%25/event")
    reader.assert_quiet()


def test_every_page_names_the_cookie_banner_where_it_is_on(report: Report, reader: Reader) -> None:
    for workspace, is_on in (("groups", True), ("expo", False)):
        page = reader.open(report(workspace))
        shown = [key for key, _, _ in PAGES if page.locator(f"#pages a[href^='#{key}?']").count()]
        assert len(shown) > 10
        for key in shown:
            reader.go(key)
            assert ("cookie banner" in page.locator(".facts").inner_text()) == is_on, (workspace, key)

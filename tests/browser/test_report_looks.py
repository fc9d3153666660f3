"""What the report looks like: on a phone, on paper, and where there is little room."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.browser.conftest import Reader

Report = Callable[[str], Path]


def test_on_a_phone_names_stay_in_sight_beside_the_numbers(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "users")
    page.set_viewport_size({"width": 390, "height": 800})
    box = page.locator(".table-scroll")
    name, number = page.locator("tbody th").first, page.locator("tbody td.number").first
    assert name.inner_text().splitlines()[1:] == [page.evaluate("Footfall.meta.users.companies[0]"), "See more"]
    right = box.bounding_box()["x"] + box.bounding_box()["width"]
    assert number.bounding_box()["x"] + number.bounding_box()["width"] <= right, "the first number is cut"
    before = name.bounding_box()["x"]
    box.evaluate("node => { node.style.scrollBehavior = 'auto'; node.scrollLeft = 150; }")
    assert box.evaluate("node => node.scrollLeft") == 150
    assert name.bounding_box()["x"] == before


def test_labels_of_the_path_graph_end_inside_it(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    for width in (390, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("""() => {
            const svg = document.querySelector('figure.path svg').getBoundingClientRect();
            const ends = [...document.querySelectorAll('figure.path .label text')].filter(one => one.textContent)
                .map(one => one.getBoundingClientRect().right);
            return ends.length > 20 && Math.max(...ends) <= svg.right
                && svg.width >= Math.min(960, document.querySelector('figure.path .canvas').clientWidth); }""")
    assert page.locator("figure.path .canvas").evaluate("node => node.scrollWidth - node.clientWidth") == 0
    assert "(continues)" in page.locator("figure.path .label text").all_text_contents()


def test_a_system_that_nobody_used_has_no_column(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "speakers")
    assert page.locator("th:visible", has_text="Views, Web").count() > 0
    page.evaluate("""() => { const { content } = Footfall;
        Footfall.content = (...filters) => { const found = content(...filters);
            for (const row of found.rows) row.os[2].views = 0;
            return found; }; }""")
    reader.go("sponsors")
    assert page.locator("th:visible", has_text="Views, iOS").count() > 0
    assert page.locator("th:visible", has_text="Views, Web").count() == 0
    reader.assert_quiet()


def test_the_report_prints_on_a4_and_letter(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    for paper in ("A4", "Letter"):
        data = page.pdf(format=paper)
        assert data.startswith(b"%PDF") and 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 8
    page.emulate_media(media="print")
    assert not page.locator("#pages").is_visible()
    assert not page.locator("figure .tools").first.is_visible()
    assert page.locator("figure.path .caption").is_visible()
    widths = page.evaluate(
        "[...document.querySelectorAll('figure svg')].map(svg => svg.clientWidth - svg.parentNode.clientWidth)")
    assert max(widths) <= 1


def test_one_graph_prints_alone(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    page.evaluate("window.print = () => { window.printed = [...document.querySelectorAll('figure')]"
                  ".filter(one => getComputedStyle(one).display !== 'none').length; }")
    page.emulate_media(media="print")
    page.evaluate("document.querySelector('figure.path .tools button:last-child').click()")
    assert page.evaluate("window.printed") == 1

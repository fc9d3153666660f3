"""A reader at work: range, navigation, sorting, a user's page, tooltips, saving, keyboard."""

import struct
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from exports.report.meta import PAGES
from tests.browser.conftest import Reader

Report = Callable[[str], Path]


def tile(reader: Reader, label: str) -> str:
    return reader.page.locator(".tile", has=reader.page.get_by_role("button", name=label, exact=True)).locator(
        ".big").inner_text()


def test_every_page_opens_from_a_file_without_an_error_or_a_request(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    titles = page.locator("#pages a").all_inner_texts()
    assert titles == [title for _, title, _ in PAGES]
    for key, title, _ in PAGES:
        reader.go(key)
        assert page.locator("h1").inner_text() == title
        assert page.locator("#pages a[aria-current=page]").inner_text() == title
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{title} scrolls sideways"
    reader.assert_quiet()


def test_the_range_changes_the_numbers_and_stays_while_moving(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    before = tile(reader, "Visits")
    page.locator("#from").fill("2026-06-03")
    page.locator("#to").fill("2026-06-05")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_function("() => document.documentElement.dataset.drawn === 'insights?2026-06-03/2026-06-05'")
    assert 0 < int(tile(reader, "Visits")) < int(before)
    assert page.locator("figure .range").first.inner_text() == "3 Jun 2026 \u2013 5 Jun 2026"
    flows = "() => Footfall.paths(Footfall.days(), 'module').links.visits.filter(Boolean).length"
    assert page.locator("figure.path .link path").count() == page.evaluate(flows)
    page.get_by_role("link", name="Documents").click()
    reader.wait("documents")
    assert page.locator("#from").input_value() == "2026-06-03"
    assert page.locator("#range-text").inner_text() == "3 Jun 2026 \u2013 5 Jun 2026"
    page.go_back()
    reader.wait("insights")
    assert page.locator("#to").input_value() == "2026-06-05"
    page.get_by_role("button", name="All days").click()
    page.wait_for_function("() => !document.documentElement.dataset.drawn.includes('2026-06-03')")
    assert tile(reader, "Visits") == before


def test_a_range_outside_the_data_is_limited_to_it(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "insights?from=1999-01-01&to=nonsense")
    assert page.evaluate("[Footfall.state.from, Footfall.state.to]") == page.evaluate(
        "[Footfall.meta.range.start, Footfall.meta.range.end]")
    assert page.evaluate("Footfall.limited('2026-06-09', '2026-06-02')") == ["2026-06-02", "2026-06-09"]


def test_users_sort_filter_and_open(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "users")
    first = page.locator("tbody tr").first
    values = page.locator("tbody tr td.number:nth-of-type(2)").all_inner_texts()
    numbers = [int(value.replace(",", "")) for value in values]
    assert numbers == sorted(numbers, reverse=True)
    page.get_by_role("button", name="Name").click()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    assert first.locator("th").inner_text().splitlines() == ["First0 Last0", "See more"]
    assert first.get_by_role("link", name="First0 Last0", exact=True).get_attribute("href") == "https://app.example/u/0"
    page.get_by_role("searchbox").fill("last12")
    expect(page.locator("tbody tr")).to_have_count(1)
    first.get_by_role("link", name="See more").click()
    page.wait_for_function("() => document.documentElement.dataset.drawn.startsWith('user/')")
    assert page.locator("h1").inner_text() == "First12 Last12"
    assert page.locator("figure").count() == 3
    assert page.get_by_role("link", name="Profile").get_attribute("href") == "https://app.example/u/12"
    reader.assert_quiet()


def test_a_flow_shows_visits_users_share_and_time(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    page.evaluate("document.querySelector('figure.path').scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(100)  # scrolling takes a tooltip away
    box = page.evaluate("""() => {
        const broad = node => Number(node.getAttribute('stroke-width'));
        const path = [...document.querySelectorAll('figure.path .link path')].sort((a, b) => broad(b) - broad(a))[0];
        const box = path.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    }""")
    page.mouse.move(box[0] - 1, box[1])
    page.mouse.move(*box)
    tip = page.locator(".bubble")
    expect(tip).to_be_visible()
    for word in ("→", "Visits", "Users", "Share of all visits", "Time on item"):
        assert word in tip.inner_text()
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    labels = page.locator("figure.path .label text").all_text_contents()
    assert "(exit)" in labels


def test_the_content_level_of_the_path_folds_what_is_beyond_twenty_items(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    page.get_by_role("button", name="Content", exact=True).click()
    page.wait_for_function("() => document.querySelector('figure.path .label').textContent.includes('(other:')")
    nodes = page.evaluate("""() => {
        const { nodes } = Footfall.paths(Footfall.days(), 'content');
        return Array.from({ length: 10 }, (_, step) => nodes.visits.slice(step * 23, step * 23 + 21)
            .filter(Boolean).length);
    }""")
    assert max(nodes) == 21


def test_the_legend_takes_a_series_out_of_the_picture(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    figure = page.locator("figure.columns").first
    before = page.locator("figure.columns .mark-rect path").count()
    toggle = figure.get_by_role("button", name="Web")
    toggle.focus()
    page.keyboard.press("Enter")
    assert toggle.get_attribute("aria-pressed") == "false"
    page.wait_for_function(
        "count => document.querySelectorAll('figure.columns .mark-rect path').length < count", arg=before)


def test_a_number_shows_its_definition_on_focus_and_to_screen_readers(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    button = page.get_by_role("button", name="Active users", exact=True)
    definition = page.evaluate("Footfall.meta.definitions.active_users.definition")
    assert page.locator("#" + button.get_attribute("aria-describedby")).text_content() == definition
    button.focus()
    expect(page.get_by_role("tooltip")).to_contain_text(definition)
    undefined = page.evaluate("""() => [...document.querySelectorAll('.tile .note > span:first-child')]
        .filter(node => !node.matches('.defined-box')).map(node => node.textContent)""")
    assert undefined == []


def test_graphs_are_saved_as_png_and_svg(report: Report, reader: Reader, tmp_path: Path) -> None:
    page = reader.open(report("expo"))
    for kind, figure in (("columns", 0), ("ranking", 0), ("path", 0)):
        tools = page.locator(f"figure.{kind}").nth(figure).locator(".tools")
        with page.expect_download() as saved:
            tools.get_by_role("button", name="PNG").click()
        saved.value.save_as(tmp_path / "graph.png")
        data = (tmp_path / "graph.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        assert width > 1600 and height > 400
        with page.expect_download() as saved:
            tools.get_by_role("button", name="SVG").click()
        assert saved.value.suggested_filename.endswith("_2026-06-01_2026-06-13.svg")
        saved.value.save_as(tmp_path / "graph.svg")
        text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
        assert "Workspace expo · 1 Jun 2026 \u2013 13 Jun 2026 · Europe/Zurich" in text
    reader.assert_quiet()


def test_an_item_is_chosen_with_the_keyboard(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"), "speakers")
    box = page.get_by_role("combobox", name="Show")
    box.focus()
    page.keyboard.type("speaker 2")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page.locator("h2.item")).to_have_text("Item speaker 2")
    assert page.locator("h2.item a").get_attribute("href") == "https://app.example/speaker/2"
    wanted = page.evaluate("Footfall.content(Footfall.days(), 'speaker').rows.find(row => row.item.id === 'sp2').views")
    assert tile(reader, "Views") == str(wanted)
    reader.assert_quiet()


def test_every_graph_has_its_numbers_as_a_table(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    for number in range(page.locator("figure").count()):
        figure = page.locator("figure").nth(number)
        figure.locator("summary").click()
        assert figure.locator("tbody tr").count() > 0
        assert figure.locator("td.nothing").count() == 0


def test_the_page_has_landmarks_names_and_contrast_in_both_themes(report: Report, reader: Reader) -> None:
    page = reader.open(report("expo"))
    for role in ("banner", "navigation", "main"):
        assert page.get_by_role(role).count() == 1
    unnamed = page.evaluate("""() => [...document.querySelectorAll('button, a, input')].filter(node =>
        !node.labels?.length && !node.textContent.trim() && !node.getAttribute('aria-label')).length""")
    assert unnamed == 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(CONTRAST) >= 4.5


#: Least contrast of text on its own background among the kinds of text of a page.
CONTRAST = """() => {
    const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
        return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
    const behind = node => { for (let one = node; one; one = one.parentElement) {
        const colour = getComputedStyle(one).backgroundColor;
        if (!/, 0\\)$/.test(colour)) return colour; } return 'rgb(255, 255, 255)'; };
    const kinds = ['h1', '.range', '.facts', '.tile dt button', '.note b', 'figure .caption', '.tools button',
        '#pages a', '#pages a[aria-current]', 'button.action', '.choice [aria-pressed=true]', 'summary'];
    return Math.min(...kinds.map(kind => { const node = document.querySelector(kind);
        const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05); }));
}"""

"""Names and titles from strangers, and workspaces with little or nothing: nothing runs, breaks or leaves."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser

from exports.report.build import render_report, write_report
from exports.report.meta import PAGES
from footfall.core.database import connect
from footfall.core.errors import UsageError
from tests.browser.conftest import Reader
from tests.browser.world import World, publish

EVIL = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"><svg onload=alert(3)>",
    "</script><script>alert(4)", "javascript:alert(5)", "{{constructor.constructor('alert(6)')()}}",
    "' onmouseover='alert(7)", "<!--", "]]>", "=HYPERLINK(\"https://evil.example\")", "\u202eevil\u202c", "x" * 1000,
    "\u0646\u0635 \u0639\u0631\u0628\u064a", "\U0001f469\u200d\U0001f469\u200d\U0001f467 family", "\x00null",
    "line\nbreak\ttab", "<iframe src=https://evil.example></iframe>", "<base href=https://evil.example>",
    "$data ${x} %s", "\u2028\u2029", " ", "".join(chr(0x1D400 + place % 26) for place in range(85)), "\U0001f389" * 60,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 30, "(exit)", "(other)",
)
#: Whether every text of every picture is whole: no half of a character, no family cut in two.
WHOLE = """() => [...document.querySelectorAll('svg text')].every(one => one.textContent.isWellFormed()
    && !/[\\ufffd\\u200d]…?$/u.test(one.textContent))"""
URLS = (
    "javascript:alert(8)", "data:text/html,<script>alert(9)</script>", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
    "//evil.example", "file:///etc/passwd", "vbscript:x", "mailto:a@b.example",
    "https://ok.example/\"onclick=alert(1)",
)


@pytest.fixture(scope="module", params=[False, True], ids=["with rows", "precomputed answers"])
def hostile(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    world = World("../<b>x", users=25, visits=80, days=4, items=len(EVIL), names=EVIL, titles=EVIL, urls=URLS,
                  settings={"name": EVIL[0] + "\U0001f389" * 60})
    publish(folder / "hostile.duckdb", world)
    with connect(folder / "hostile.duckdb", read_only=True) as con:
        html, _ = render_report(con, world.workspace_id, None, None, is_fixed=request.param)
        (folder / "report.html").write_text(html, encoding="utf-8", newline="\n")
    return folder / "report.html"


def test_hostile_names_and_titles_do_nothing_on_any_page(hostile: Path, reader: Reader) -> None:
    page = reader.open(hostile)
    for key, _, _ in PAGES:
        reader.go(key)
        assert page.evaluate(WHOLE), key
        for summary in page.locator("figure summary").all():
            summary.click()
    reader.go("user/0")
    page.mouse.move(640, 500)
    assert page.locator("#content img, #content iframe, #content script, #content base").count() == 0
    reader.assert_quiet()


def test_a_hostile_name_is_shown_as_it_is_written(hostile: Path, reader: Reader) -> None:
    page = reader.open(hostile, "users")
    page.get_by_role("searchbox").fill("alert(2)")
    assert page.locator("tbody th").inner_text().startswith("<img src=x onerror=alert(2)> Last1")
    assert page.locator("#workspace").inner_text().startswith(EVIL[0])


def test_only_safe_addresses_become_links(hostile: Path, reader: Reader) -> None:
    page = reader.open(hostile, "users")
    links = page.evaluate("""() => [...document.querySelectorAll('tbody th a:not(.more)')].map(one => one.protocol)""")
    assert links and set(links) <= {"https:", "mailto:"}
    urls = page.evaluate("Footfall.meta.users.urls")
    assert not [url for url in urls if url and not url.startswith(("https://", "mailto:"))]
    assert page.locator("tbody th a:not(.more)").first.get_attribute("rel") == "noopener noreferrer"


def test_saving_a_graph_with_hostile_titles_runs_nothing(hostile: Path, reader: Reader, tmp_path: Path) -> None:
    page = reader.open(hostile, "sessions")
    with page.expect_download() as saved:
        page.locator("figure.ranking .tools").get_by_role("button", name="SVG").click()
    saved.value.save_as(tmp_path / "graph.svg")
    reader.page.goto((tmp_path / "graph.svg").as_uri())
    saved_text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert "<script>alert" not in saved_text and "\ufffd" not in saved_text
    reader.assert_quiet()


def test_a_workspace_without_events_says_so(report: Callable[[str], Path], reader: Reader) -> None:
    page = reader.open(report("empty"))
    for key, _, _ in PAGES:
        reader.go(key)
        assert page.locator("h1").inner_text()
    reader.go("insights")
    assert page.locator(".tile .big").first.inner_text() == "0"
    assert "No data in this range" in page.locator("figure.columns svg").first.text_content()
    reader.assert_quiet()


def test_an_anonymized_workspace_shows_nobody(
    report: Callable[[str], Path], con: duckdb.DuckDBPyConnection, reader: Reader, tmp_path: Path,
) -> None:
    page = reader.open(report("anonymous"), "users")
    assert "anonymized" in page.locator("#content").inner_text()
    texts = page.evaluate("JSON.stringify(Footfall.meta)")
    for trace in ("First0", "Last1", "@one.example", "app.example/u/", '"u1"', "user:u"):
        assert trace not in texts
    page.evaluate("location.hash = 'user/0'")
    reader.wait("insights")
    with pytest.raises(UsageError):
        write_report(con, "anonymous", None, None, tmp_path / "one.html", user_id="u1")
    reader.assert_quiet()


def test_people_of_anonymized_domains_are_not_listed_and_have_no_page(
    report: Callable[[str], Path], reader: Reader,
) -> None:
    page = reader.open(report("domains"), "users")
    names = page.evaluate("Footfall.meta.users.names")
    assert names and len(names) == page.evaluate("Footfall.meta.counts.pages")
    assert not [name for name in names if name.startswith("anonymous-")]
    assert "not listed here" in page.locator(".facts").inner_text()
    assert '"u0"' not in page.evaluate("JSON.stringify(Footfall.meta)")
    reader.assert_quiet()


def test_a_report_of_one_user_holds_nobody_else(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader, report: Callable[[str], Path],
) -> None:
    write_report(con, "expo", None, None, tmp_path / "one.html", user_id="u2")
    page = reader.open(tmp_path / "one.html", "user/0")
    assert page.locator("h1").inner_text() == "First2 Last2"
    assert "First1 " not in page.evaluate("JSON.stringify(Footfall.meta)")
    alone = page.evaluate("[Footfall.insights(Footfall.days(), 0), Footfall.features(Footfall.days(), 0)]")
    reader.open(report("expo"), "users")
    page.evaluate("Footfall.need('people')")
    number = page.evaluate("Footfall.meta.users.ids.indexOf('u2')")
    assert alone == page.evaluate(
        "user => [Footfall.insights(Footfall.days(), user), Footfall.features(Footfall.days(), user)]", number)
    reader.assert_quiet()


def test_the_report_is_readable_on_a_phone(browser: Browser, report: Callable[[str], Path]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 720}, has_touch=True, offline=True)
    reader = Reader(context)
    page = reader.open(report("expo"))
    for key, title, _ in PAGES:
        reader.go(key)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), title
    reader.assert_quiet()
    context.close()


def test_the_same_data_give_the_same_bytes(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(con, "expo", None, None, tmp_path / name)
        write_report(con, "groups", None, None, tmp_path / "between")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

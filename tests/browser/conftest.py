"""A real browser, without a network, on files made once."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from exports.report.build import write_report
from footfall.core.database import connect
from tests.browser.world import World, publish

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)

#: Workspaces of the tests: everyone counts; groups, no abstracts, another zone; short, hostile, anonymized, empty.
WORLDS = (
    World(),
    World("groups", users=30, visits=120, seed=11, start=date(2026, 10, 20), days=16, settings={
        "timezone": "America/St_Johns", "target_groups": ["vip"], "modules": ["agenda", "documents"],
        "cookie_banner": True}),
    World("anonymous", users=12, visits=40, days=3, seed=3, settings={"anonymization": "full"}),
    World("domains", users=12, visits=40, days=3, seed=4, settings={
        "anonymization": "domains", "anonymized_domains": ["two.example"]}),
    World("empty", users=3, visits=0, items=1),
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(tmp_path_factory.mktemp("published") / "footfall.duckdb", *WORLDS)


@pytest.fixture(scope="session")
def con(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(published, read_only=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def report(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The report of a workspace over all its days, written once."""
    folder = tmp_path_factory.mktemp("reports")

    def written(workspace_id: str) -> Path:
        path = folder / f"{workspace_id}.html"
        if not path.exists():
            write_report(con, workspace_id, None, None, path)
        return path

    return written


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


class Reader:
    """Someone who opens reports: what went wrong meanwhile is kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self.page.on("dialog", self._dialog)
        context.on("request", lambda request: self.requests.append(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.problems.append(text)

    def _dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, path: Path, where: str = "insights") -> Page:
        """Open a report at a page and wait until it is drawn."""
        self.page.goto(f"{path.as_uri()}#{where}")
        self.wait(where)
        return self.page

    def go(self, where: str) -> None:
        """Follow a link inside the report."""
        self.page.evaluate("where => { location.hash = where; }", where)
        self.wait(where)

    def wait(self, where: str) -> None:
        self.page.wait_for_function(
            "key => (document.documentElement.dataset.drawn || '').startsWith(key + '?')", arg=where.split("?")[0]
        )

    def assert_quiet(self) -> None:
        assert self.problems == []
        assert self.dialogs == []
        assert [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.fixture
def reader(browser: Browser) -> Iterator[Reader]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True, offline=True)
    yield Reader(context)
    context.close()

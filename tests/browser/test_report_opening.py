"""A large report opens on its first page while the browser still reads the rest of the file."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Reader


@pytest.fixture
def slow(report: Callable[[str], Path]) -> Iterator[tuple[str, threading.Event]]:
    """An address at which the report stops in the middle of its second block, and what lets it go on."""
    data, rest = report("expo").read_bytes(), threading.Event()
    middle = data.index(b'id="data-paths"') + 1_000

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:middle])
            rest.wait(60)
            self.wfile.write(data[middle:])

        def log_message(self, format: str, *values: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/report.html", rest
        rest.set()
        server.shutdown()
        thread.join()


def test_the_first_page_is_shown_before_the_whole_file_is_read(
    browser: Browser, slow: tuple[str, threading.Event]
) -> None:
    address, rest = slow
    context = browser.new_context()
    reader = Reader(context)
    reader.page.goto(address, wait_until="commit")
    reader.wait("insights")
    assert reader.page.evaluate("document.readyState") == "loading"
    reader.page.evaluate("location.hash = 'users'")
    reader.page.wait_for_timeout(200)
    assert reader.page.evaluate("document.documentElement.dataset.ready").startswith("insights?")
    rest.set()
    reader.wait("users")
    assert reader.page.locator("#content table tbody tr").count() > 0
    assert (reader.problems, reader.dialogs) == ([], [])
    context.close()

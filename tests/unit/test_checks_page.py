"""The page of checks: what did not pass first, and nothing in it runs."""

from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

from footfall.checks.page import render, write_page
from footfall.checks.result import CheckResult
from footfall.core.home import Home

AT = datetime(2026, 11, 1, 2, 15)
HOSTILE = "<script>alert(1)</script>' onload=x \""


class Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_what_did_not_pass_stands_first() -> None:
    page = render(
        [CheckResult("batch", "good", "passed", True, remedy="Nothing to do."),
         CheckResult("batch", "bad", "failed", True, rows=1200, remedy="Remove the file."),
         CheckResult("marts", "broken", "crashed", False)],
        run_id="r1", checked_at=AT,
    )
    assert page.index(">bad<") < page.index(">broken<") < page.index(">good<")
    assert "2026-11-01 02:15 UTC: 1 passed, 1 crashed, 1 failed." in page
    assert ">1,200</td>" in page
    assert "Remove the file." in page and "Nothing to do." not in page


def test_text_from_files_and_workspaces_stays_text() -> None:
    result = CheckResult("batch", "c", "failed", True, message=HOSTILE, observed=HOSTILE, expected=HOSTILE)
    parsed = Cells()
    parsed.feed(render([result], run_id=HOSTILE, checked_at=AT))
    assert "script" not in parsed.tags
    assert parsed.text.count(HOSTILE) == 3


def test_the_page_is_replaced_as_a_whole(tmp_path: Path) -> None:
    home = Home(tmp_path)
    write_page(home, [], run_id="r1", checked_at=AT)
    path = write_page(home, [], run_id="r2", checked_at=AT)
    assert "r2" in path.read_text(encoding="utf-8")
    assert [file.name for file in home.published.iterdir()] == ["checks.html"]

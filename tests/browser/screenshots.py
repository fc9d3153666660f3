"""Pictures of the report and of the page over all exports, for docs/screenshots.

``python -m tests.browser.screenshots REPORT.html docs/screenshots [ANONYMIZED.html]``: the second report is that of an
anonymized workspace. Every page at two sizes in both themes: ``sessions.png``, ``sessions-dark.png``,
``sessions-phone.png``, ``sessions-phone-dark.png``.
"""

import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from exports.graphs.png import recompressed
from exports.report.meta import PAGES
from tests.browser.conftest import CHROMIUM, FLAGS, Reader

#: Ends of file names, with size of the window and theme.
SIZES = {"": (1280, 860), "-phone": (390, 800)}
THEMES = {"": "light", "-dark": "dark"}
PATH = "figure.path"


def take(
    browser: Browser, report: Path, target: Path, where: str, size: str, theme: str, at: str | None = None
) -> None:
    """Write one picture of what is in sight; the report must open without an error or a request.

    Args:
        target: the file, without the ends of its name.
        where: a page's address in the report; empty: the file has no pages.
        at: what to scroll to.
    """
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=THEMES[theme], offline=True
    )
    reader = Reader(context)
    if where:
        reader.open(report, where)
    else:
        reader.page.goto(report.as_uri())
    if at:
        reader.page.evaluate("at => document.querySelector(at).scrollIntoView({ block: 'start' })", at)
    reader.page.wait_for_timeout(150)
    target = target.with_name(f"{target.name}{size}{theme}")
    if at == PATH:  # thousands of fine lines: four times as large as PNG
        target.with_suffix(".jpg").write_bytes(reader.page.screenshot(type="jpeg", quality=55))
    else:
        target.with_suffix(".png").write_bytes(recompressed(reader.page.screenshot()))
    reader.assert_quiet()
    context.close()


def main(report: Path, folder: Path, anonymized: Path | None = None) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(report, key, key, None) for key, _, _ in PAGES]
    wanted += [(report, "user", "user/0", None), (report, "insights-paths", "insights", PATH)]
    wanted += [(report.parents[2] / "index.html", "exports", "", None)]
    if anonymized:
        wanted += [(anonymized, f"anonymized-{key}", key, None) for key in ("insights", "sessions")]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for (file, name, where, at), size, theme in product(wanted, SIZES, THEMES):
            take(browser, file, folder / name, where, size, theme, at)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), *(Path(one).resolve() for one in sys.argv[3:]))

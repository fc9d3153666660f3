"""Pictures of the report for docs/screenshots.

``python -m tests.browser.screenshots REPORT.html docs/screenshots [ANONYMIZED.html]``: the second report is that of an
anonymized workspace.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from exports.graphs.png import recompressed
from exports.report.meta import PAGES
from tests.browser.conftest import CHROMIUM, FLAGS, Reader

SIZES = {"desktop": (1280, 860), "phone": (390, 800)}
#: Beside every page on a light desktop: name, address, size, theme, what to do first.
MORE = (
    ("insights-paths", "insights", "desktop", "light", "figure.path"),
    ("insights-paths-dark", "insights", "desktop", "dark", "figure.path"),
    ("insights-dark", "insights", "desktop", "dark", None),
    ("users-dark", "users", "desktop", "dark", None),
    ("user", "user/0", "desktop", "light", None),
    ("insights-phone", "insights", "phone", "light", None),
    ("insights-phone-dark", "insights", "phone", "dark", None),
    ("sessions-phone", "sessions", "phone", "light", "figure.ranking"),
    ("user-phone-dark", "user/0", "phone", "dark", None),
)
#: Of the report of an anonymized workspace.
ANONYMIZED = (
    ("anonymized", "insights", "desktop", "light", None),
    ("anonymized-sessions-dark", "sessions", "desktop", "dark", None),
    ("anonymized-phone", "insights", "phone", "light", None),
)


def take(browser: Browser, report: Path, target: Path, where: str, size: str, scheme: str, at: str | None) -> None:
    """Write one picture of what is in sight; the report must open without an error or a request."""
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, offline=True)
    reader = Reader(context)
    page = reader.open(report, where)
    if at:
        page.evaluate("at => document.querySelector(at).scrollIntoView({ block: 'start' })", at)
    page.wait_for_timeout(150)
    if at == "figure.path":  # thousands of fine lines: four times as large as PNG
        target.with_suffix(".jpg").write_bytes(page.screenshot(type="jpeg", quality=55))
    else:
        target.write_bytes(recompressed(page.screenshot()))
    reader.assert_quiet()
    context.close()


def main(report: Path, folder: Path, anonymized: Path | None = None) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for key, _, _ in PAGES:
            take(browser, report, folder / f"{key}.png", key, "desktop", "light", None)
        for name, where, size, scheme, at in MORE:
            take(browser, report, folder / f"{name}.png", where, size, scheme, at)
        for name, where, size, scheme, at in ANONYMIZED if anonymized else ():
            take(browser, anonymized, folder / f"{name}.png", where, size, scheme, at)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), *(Path(one).resolve() for one in sys.argv[3:]))

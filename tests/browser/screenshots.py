"""Pictures of the report and of the page over all exports: ``make screenshots``.

``python -m tests.browser.screenshots HOME FOLDER [DOCS]`` takes the first workspace of ``HOME/exports`` and, for two
pages, the first anonymized one: every page at two sizes in both themes, as ``sessions.png``, ``sessions-dark.png``,
``sessions-phone.png``, ``sessions-phone-dark.png``. The few in ``DOCUMENTED`` are copied to ``DOCS``.
"""

import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from exports.folder.manifest import read_manifest
from exports.report.meta import PAGES
from tests.browser.conftest import CHROMIUM, FLAGS, Reader
from tests.support.png import recompressed

#: Suffix of the file name -> size of the window, and suffix -> theme.
SIZES = {"": (1280, 860), "-phone": (390, 800)}
THEMES = {"": "light", "-dark": "dark"}
PATH = "figure.path"
#: Pictures kept in the repository.
DOCUMENTED = (
    "exports.png", "insights.png", "insights-paths.jpg", "insights-phone.png", "documents-dark.png",
    "sponsors.png",
)


def take(
    browser: Browser, report: Path, target: Path, where: str, size: str, theme: str, at: str | None = None
) -> None:
    """Write one picture of the visible part; the report must open without an error or a request.

    Args:
        target: the file, without the suffixes of its name.
        where: a page's address in the report; empty: the file has no pages.
        at: the element to scroll to.
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


def reports(exports: Path) -> tuple[list[Path], list[Path]]:
    """Reports of workspaces, and of anonymized workspaces, in order of their folders."""
    found: dict[bool, list[Path]] = {False: [], True: []}
    for path in sorted(exports.glob("*/event/report.html")):
        manifest = read_manifest(path.parent) or {}
        found[manifest.get("anonymization", "none") != "none"].append(path)
    return found[False], found[True]


def main(home: Path, folder: Path, docs: Path | None = None) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    plain, anonymized = reports(home / "exports")
    if not plain:
        sys.exit(f"No report in {home / 'exports'}. Run `make demo` first.")
    wanted = [(plain[0], key, key, None) for key, _, _ in PAGES]
    wanted += [(plain[0], "user", "user/0", None), (plain[0], "insights-paths", "insights", PATH)]
    wanted += [(home / "exports" / "index.html", "exports", "", None)]
    wanted += [(file, f"anonymized-{key}", key, None) for file in anonymized[:1] for key in ("insights", "sessions")]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for (file, name, where, at), size, theme in product(wanted, SIZES, THEMES):
            take(browser, file, folder / name, where, size, theme, at)
        browser.close()
    for name in DOCUMENTED if docs else ():
        shutil.copyfile(folder / name, docs / name)


if __name__ == "__main__":
    main(*(Path(one).resolve() for one in sys.argv[1:]))

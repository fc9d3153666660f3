"""How large a report is and how fast it opens: `python -m benchmarks.bench_report [people]`.

5,000 participants of 30 days: 2 MB, interactive within 0.5 s of opening, another range within 300 ms; 100,000
participants: 10 MB, interactive within 0.5 s.
Opened in headless Chromium from `file://` with an empty cache; the best of five openings is printed and compared with
the limits, beside the worst, because other work on the machine can only make an opening slower.

- interactive: all numbers and the visible graphs are drawn, and the page responds;
- drawn: the graphs below are drawn too;
- range: from Apply to the new numbers and the visible graphs, the worst of four ranges of the best opening.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.bench_exports import published
from exports.report.build import write_report
from footfall.metrics.source import open_published

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
OPENINGS = 5
#: People: (visits each, limits of megabytes, milliseconds to interactive, milliseconds to another range).
LIMITS: dict[int, tuple[int, float, float, float]] = {
    5_000: (12, 2.0, 500, 300),
    100_000: (5, 10.0, 500, 300),
}
_WATCH = """
    window.seen = {};
    new MutationObserver(() => {
      for (const name of ['ready', 'drawn']) {
        if (document.documentElement && document.documentElement.dataset[name]) seen[name] ??= performance.now();
      }
    }).observe(document, {attributes: true, subtree: true, childList: true});
"""


def main() -> int:
    """Print a line a size; 1 when a limit is passed."""
    sizes = [int(text) for text in sys.argv[1:]] or list(LIMITS)
    failed = False
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for people in sizes:
            with tempfile.TemporaryDirectory(prefix="bench_report") as folder:
                visits, most_mb, most_open, most_range = LIMITS[people]
                path = written(Path(folder), people, visits)
                size = path.stat().st_size / 1e6
                runs = sorted(opened(browser, path) for _ in range(OPENINGS))
                (ready, drawn, change), slowest = runs[0], runs[-1][0]
                print(f"report, {people:,} people: {size:.1f} MB, interactive {ready:.0f} ms (worst {slowest:.0f}),"
                      f" drawn {drawn:.0f} ms, another range {change:.0f} ms", flush=True)
                failed |= size > most_mb or ready > most_open or change > most_range
        browser.close()
    return int(failed)


def written(folder: Path, people: int, visits: int) -> Path:
    """A report over 30 days of drawn visits, each of ten events."""
    path = folder / "report.html"
    home = published(folder / "home", workspaces=1, participants=people, visits=visits, events=10)
    with open_published(home) as con:
        write_report(con, "w0", None, None, path)
    return path


def opened(browser: Browser, path: Path) -> tuple[float, float, float]:
    """Milliseconds from opening to interactive and to drawn, and of the slowest of four changes of the range."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_selector("html[data-drawn]", state="attached", timeout=120_000)
    seen = page.evaluate("window.seen")
    changes = []
    for day in ("03", "05", "10", "20"):
        page.fill("#from", f"2026-06-{day}")
        page.click("#range button[type=submit]")
        page.wait_for_selector(f"html[data-drawn*='2026-06-{day}/']", state="attached", timeout=60_000)
        changes.append(page.evaluate("Footfall.lastUpdateMs"))
    context.close()
    return seen["ready"], seen["drawn"], max(changes)


if __name__ == "__main__":
    sys.exit(main())

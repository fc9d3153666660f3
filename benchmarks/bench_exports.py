"""How long exports take, and how much memory: `python -m benchmarks.bench_exports [people workspaces history formats]`.

``people``: the by-participant workbook of 100,000 participants (limits: 10 s, 300 MB).
``workspaces``: 200 workspaces of 200 participants, all files without graphs (limit: 60 s), and 50 workspaces, to check
that memory does not grow with their number.
``history``: the same workspaces and dates on top of one month and of twelve (limit: 1.1 x of processor time, best of
three in alternation).
``formats``: what each format of a workspace of 51,200 events costs, with its share of the start of two processes, and
97 such workspaces on two cores (limit: 60 s with all formats, which is not held: docs/decisions/0024).

SQL draws the published tables: their size is realistic, their meaning is not. Each measurement runs in a process of its
own, so its peak memory is its own.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import duckdb

from footfall.core.database import connect, limited_memory, quote_identifier, quote_literal
from footfall.core.home import Home
from footfall.core.settings import DuckDBSettings, Settings
from footfall.publishing.projection import ANSWERS_TABLE

ROOT = Path(__file__).parents[1]
WITHOUT_GRAPHS = ("xlsx", "csv", "parquet", "html")
SECONDS_OF_MANY = 60
ON_HISTORY = 1.1
TABLES, GRAPHS = ("xlsx", "csv", "parquet"), ("svg", "png", "pdf")
#: Formats together, and the most seconds for 97 workspaces on two cores.
SETS = (
    (TABLES, math.inf), (("html",), math.inf), (("svg",), math.inf), (("svg", "png"), math.inf),
    (("svg", "pdf"), math.inf), ((*TABLES, "html", "svg"), math.inf), ((*TABLES, "html", *GRAPHS), 60),
)


def main() -> int:
    """Draw the tables, measure, print one line a measurement; 1 where one is above its limit."""
    are_kept = True
    wanted = sys.argv[1:] or ["people", "workspaces", "history", "formats"]
    with tempfile.TemporaryDirectory(prefix="bench_exports") as folder:
        if "people" in wanted:
            home = drawn(Path(folder, "people"), workspaces=1, participants=100_000, visits=5, events=10)
            are_kept &= report("by-participant workbook, 100,000 participants", measured("people", home), 10, 300)
            report("all tables of the same workspace", measured("all", home, "xlsx", "csv", "parquet"))
            report("nothing changed", measured("all", home, "xlsx", "csv", "parquet"))
        if "workspaces" in wanted:
            for count in (50, 200):
                home = drawn(Path(folder, f"many{count}"), workspaces=count, participants=200, visits=5, events=12)
                facts = measured("all", home, *WITHOUT_GRAPHS)
                are_kept &= report(f"{count} workspaces of 200, without graphs", facts, SECONDS_OF_MANY)
                report("nothing changed", measured("all", home, *WITHOUT_GRAPHS))
        if "history" in wanted:
            are_kept &= history(Path(folder))
        if "formats" in wanted:
            are_kept &= formats_apart(Path(folder))
    return int(not are_kept)


def formats_apart(folder: Path, workspaces: int = 6, night: int = 97, cores: int = 2) -> bool:
    """Measure the formats, each without what a process needs to start; whether the limits are kept."""
    home = drawn(folder / "formats", workspaces=workspaces, participants=128, visits=40, events=10)
    are_kept = True
    start = measured("all", home)["cpu"]
    for formats, most in SETS:
        shutil.rmtree(home.exports)
        each = (measured("all", home, *formats)["cpu"] - start) / workspaces
        size = sum(path.stat().st_size for path in home.exports.rglob("*") if path.is_file()) / workspaces / 1e6
        seconds = (start + night * each) / cores
        limit = f" (at most {most:g})" if most < math.inf else ""
        print(f"{' '.join(formats):<36} {each:5.2f} s cpu {size:6.1f} MB a workspace; {night}: {seconds:4.0f} s{limit}")
        are_kept &= seconds <= most
    return are_kept


def history(folder: Path, workspaces: int = 5, participants: int = 200, times: int = 3) -> bool:
    """Measure the same exports on top of one month and of twelve."""
    homes = {
        months: drawn(folder / f"months{months}", workspaces=workspaces, participants=participants, visits=5, events=12)
        for months in (1, 12)
    }
    run_apart("--history", homes[12], "11")
    costs: dict[int, dict[str, float]] = {}
    for _ in range(times):
        for months, home in homes.items():
            shutil.rmtree(home.exports, ignore_errors=True)
            cost = measured("all", home, *WITHOUT_GRAPHS)
            costs[months] = min(cost, costs.get(months, cost), key=lambda one: one["cpu"])
    most = costs[1]["cpu"] * ON_HISTORY
    report("5 workspaces, one month of data", costs[1])
    return report("the same dates of twelve months of data", costs[12], cpu=most)


def report(
    what: str, facts: dict[str, float], seconds: float = math.inf, mb: float = math.inf, cpu: float = math.inf
) -> bool:
    """Print what a measurement cost; whether that is within the limits."""
    print(f"{what:<48} {facts['seconds']:7.1f} s  {facts['cpu']:7.1f} s cpu  {facts['mb']:6.0f} MB")
    is_kept = facts["seconds"] <= seconds and facts["mb"] <= mb and facts["cpu"] <= cpu
    if not is_kept:
        print(f"  above its limits: {seconds:g} s, {mb:g} MB, {cpu:.1f} s cpu")
    return is_kept


def measured(task: str, home: Home, *formats: str) -> dict[str, float]:
    """Run a task of this module in a new process; seconds, cpu seconds, and peak MB of the largest process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_exports", f"--{task}", str(home.root), *formats],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )
    return json.loads(done.stdout)


def drawn(root: Path, **numbers: int) -> Home:
    """``published`` in a process of its own: a measured process would count the peak of the one that starts it."""
    given = [str(numbers[name]) for name in ("workspaces", "participants", "visits", "events")]
    home = Home(root)
    run_apart("--draw", home, *given)
    return home


def run_apart(task: str, home: Home, *given: str) -> None:
    """A task of this module in a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "benchmarks.bench_exports", task, str(home.root), *given], check=True, cwd=ROOT
    )


def run(task: str, root: Path, formats: list[str]) -> None:
    """The measured process, or the one that draws the tables."""
    if task == "--draw":
        workspaces, participants, visits, events = map(int, formats)
        published(root, workspaces=workspaces, participants=participants, visits=visits, events=events)
        return
    home = Home(root)
    if task == "--history":
        with connect(home.published_file) as con:
            add_months(con, int(formats[0]))
        return
    began = time.monotonic()
    if task == "--people":
        people(home)
    else:
        from exports.build_all import export_all

        export_all(home, Settings(), run_id="bench", formats=formats)
    own, children = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    print(json.dumps({
        "seconds": time.monotonic() - began,
        "cpu": own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
        "mb": max(own.ru_maxrss, children.ru_maxrss) / 1024,
    }))


def people(home: Home) -> None:
    """The sheet By participant as a workbook: queried as a worker does, with one thread, stored, and written."""
    from exports.tables.csv_parquet import store_rows
    from exports.tables.read_tables import by_participant
    from exports.tables.titles import Content
    from exports.workbook.workbook import write_workbook
    from footfall.metrics.definitions import definitions
    from footfall.metrics.question import Question
    from footfall.metrics.source import open_published

    with open_published(home, Settings(duckdb=DuckDBSettings(threads=1))) as con, limited_memory(con, 64):
        content = Content(con, Question("w0"), "Europe/Zurich", is_large=True)
        for table, rows in by_participant(content, definitions(con)):
            stored = store_rows(table, rows, home.temp / "people.parquet", "Europe/Zurich")
            del rows
    write_workbook(home.temp / "people.xlsx", [stored], title="People")


def add_months(con: duckdb.DuckDBPyConnection, months: int) -> None:
    """Add the drawn month again so many times, each 31 days earlier, before the rows of the month itself."""
    for table in ("fct_visits", "fct_events", "fct_feature_usage", "fct_content_views", "fct_searches",
                  "fct_path_steps", "fct_user_daily", "agg_workspace_daily", "agg_interactions_by_os"):
        columns = {name for (name,) in con.execute(
            "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
        ).fetchall()}
        own = [f"{name} || '-' || k as {name}" for name in ("visit_id", "message_id", "view_id") if name in columns]
        moved = ", ".join([*own, "(local_date - (31 * k)::integer)::date as local_date"])
        con.execute(
            f"create or replace table marts.{quote_identifier(table)} as "
            f"select t.* replace ({moved}) from marts.{quote_identifier(table)} as t, range(1, ? + 1) as h (k) "
            f"union all select * from marts.{quote_identifier(table)} order by local_date", [months],
        )


def published(root: Path, *, workspaces: int, participants: int, visits: int, events: int) -> Home:
    """A home with drawn published tables: so many visits a participant over 30 days, so many events a visit."""
    home = Home(root)
    shutil.rmtree(root, ignore_errors=True)
    for folder in (home.published, home.temp):
        folder.mkdir(parents=True)
    numbers = {"workspaces": workspaces, "participants": participants, "visits": visits, "events": events}
    seed = quote_literal(str(ROOT / "dbt_project" / "seeds" / "metric_definitions.csv"))
    with connect(home.published_file) as con:
        for statement in (ROOT / "benchmarks" / "published.sql").read_text(encoding="utf-8").split(";\n"):
            used = {name: value for name, value in numbers.items() if f"${name}" in statement}
            if statement.strip():
                con.execute(statement.replace("'metric_definitions.csv'", seed), used)
        con.execute(ANSWERS_TABLE)
    return home


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1].startswith("--"):
        run(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
    else:
        sys.exit(main())

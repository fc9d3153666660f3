"""The table of docs/reliability.md, from what was recorded: a figure that nobody measured is not in it."""

import json
from collections.abc import Mapping
from pathlib import Path

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
#: Drill: the fault, its unit, and how it is tried.
TEXTS = {
    "random_kills": ("kill -9 at a random moment of a night", "kills",
                     "three in a row, then a run; a reader looks all the time"),
    "boundary_kills": ("kill -9 at a call that makes something durable or visible", "kills", "the same"),
    "signals": ("SIGTERM or SIGINT at a random moment", "signals", "one line, its exit code, 10 s; then a run"),
    "pairs": ("two commands at once, Dagster's among them", "pairs", "the second begins while the first works"),
    "lock_holders": ("a lock file that names an ended, another's or a foreign process", "homes",
                     "`status`, `doctor`, then a run"),
    "reads": ("reads while versions are published", "reads", "eight readers; tables, Parquet and exports of one run"),
    "full_disk": ("a disk that becomes full", "nights", "a tmpfs with 10 to 90 % of what a night needs"),
    "full_temp": ("a temporary folder that becomes full", "nights", "a tmpfs of 1 to 9 MB, 30 MB of memory"),
    "memory_limits": ("too little memory", "nights", "`duckdb.memory_limit`, and address space of the process"),
    "damaged_files": ("a damaged file: each kind, in six ways", "files",
                      "`doctor --deep`, `status`, a run, `doctor --deep`; up to 13 kinds share a home"),
    "time_zones": ("a host in another time zone", "nights", "`TZ`"),
    "clocks": ("a clock that is wrong, set back or changes", "nights", "a library between the process and the clock"),
    "access": ("umasks, read-only folders, other users", "homes", "a run, `status`, `doctor`, then a run"),
}


def render(results: Path, doses: Mapping[str, int]) -> str:
    """The table in Markdown; drills of which nothing was recorded say so.

    Args:
        results: folder with one file a drill.
        doses: the full dose by drill.
    """
    lines = ["| fault | full dose | tried | failed | how | commit |", "| --- | --- | --- | --- | --- | --- |"]
    for name, dose in doses.items():
        fault, unit, how = TEXTS[name]
        path = results / f"{name}.jsonl"
        rows = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        newest = {row["trial"]: row for row in rows}.values()
        tried = sum(row["dose"] for row in newest)
        failed = sum(bool(row["problems"]) for row in newest)
        dates = {row["commit"]: row["at"] for row in newest}
        commits = ", ".join(sorted(dates, key=dates.__getitem__))
        counts = f"{tried:,} | {failed}" if newest else "not yet |"
        lines.append(f"| {fault} | {dose:,} {unit} | {counts} | {how} | {commits} |")
    return "\n".join(lines)


def write(document: Path, table: str) -> None:
    """Put the table between its marks in a document."""
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")

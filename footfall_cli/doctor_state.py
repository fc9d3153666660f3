"""Checks of `footfall doctor` on small state files and on Dagster's list of runs."""

import os

from footfall.core import lock
from footfall.core.home import Home
from footfall.core.state_files import is_damaged
from footfall_cli.finding import Finding

#: Small files that may be lost, as patterns below the home, and what making them again costs.
_CACHES = {
    "warehouse/*.json": "the next `footfall run` looks at everything and writes it again",
    "metrics/*.json": "the next `footfall run` writes it again; counters begin at 0",
    "lake/seen.json": "remove it; a run writes it again when it needs it",
}
#: The started runs with the process that works on them (`orchestration.dagster_instance`).
_STARTED = """
    select r.run_id, max(t.value) from runs as r join run_tags as t on r.run_id = t.run_id
    where r.status in ('STARTING', 'STARTED', 'CANCELING') and t.key in ('footfall/pid', 'footfall/waiting_pid')
    group by r.run_id
"""


def look_at_state_files(home: Home) -> list[Finding]:
    """Small JSON files of state that are cut, of another kind, or folders."""
    found = [
        Finding("state file", False, f"{path.relative_to(home.root)}: it is cut or not JSON",
                f"{remedy[0].upper()}{remedy[1:]}{'; remove the folder first' if path.is_dir() else ''}.")
        for pattern, remedy in _CACHES.items() for path in sorted(home.root.glob(pattern)) if is_damaged(path)
    ]
    found += _look_at_instance_file(home)
    return found or [Finding("state files", True, "readable")]


def _look_at_instance_file(home: Home) -> list[Finding]:
    """Dagster's settings, without which no run can begin."""
    path = home.dagster / "dagster.yaml"
    if not os.path.lexists(path):
        return []
    import yaml

    try:
        is_well = isinstance(yaml.safe_load(path.read_text(encoding="utf-8")), dict)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        is_well = False
    hint = "Correct it; otherwise the next `footfall run` sets it aside and writes its own."
    return [] if is_well else [Finding("state file", False, f"{path.relative_to(home.root)}: it is not YAML", hint)]


def look_at_dagster_runs(home: Home) -> list[Finding]:
    """Runs that Dagster shows as started although their process has ended: they block its queue."""
    import sqlite3

    path = home.dagster / "history" / "runs.db"
    holder = lock.holder(home)
    if not path.is_file() or (holder is not None and holder.is_alive):
        return []
    try:
        con = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)
        try:
            rows = con.execute(_STARTED).fetchall()
        finally:
            con.close()
    except sqlite3.Error:
        return []  # in use, or damaged: then it is among the files
    return [
        Finding("Dagster run", False, f"{run_id[:8]} is shown as started, but its process (pid {pid}) has ended",
                "Run `footfall run`: it marks the run as failed, so that the queue goes on.")
        for run_id, pid in rows if str(pid).isdigit() and not lock.is_process(int(pid))
    ]

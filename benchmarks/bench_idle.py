"""What workspaces without news cost a night: `python -m benchmarks.bench_idle [10 1000 10000]`.

Homes with 10, 1,000 and 10,000 workspaces of two people with three events each, all of them exported as CSV; then a
night in which one workspace has new events, as `footfall run` does it. Of 1,000 workspaces this night takes at most
1.3 times the processor time of the one with 10 or a second more, of 10,000 at most ten seconds more; its exports at
most half a second and four seconds more. One folder is made, and no other is touched.

The folders of the first night are links to the files of one workspace: making them takes hours otherwise, and this is
about nights that do not make them.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from benchmarks.measure import FOOTFALL, Cost, cost_of, run, stages
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import sealed

FIRST = date(2026, 9, 7)
PEOPLE, EVENTS = 2, 3
#: Most seconds of processor time more than with the fewest workspaces: of the whole night, and its stage `export`.
LIMITS = {1_000: (1.0, 0.5), 10_000: (10.0, 4.0)}
MOST_TIMES = 1.3
_SETTINGS = "exports:\n  ranges: [{}]\n  formats: [csv]\n"


def main() -> int:
    """Print a line a number of workspaces; 1 where one is above its limit."""
    numbers = [int(text) for text in sys.argv[1:]] or [10, *LIMITS]
    costs: dict[int, Cost] = {}
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench_idle") as folder:
        for number in numbers:
            home = finished(Path(folder, str(number)), number)
            before = _times(home)
            _write_events(home, FIRST + timedelta(days=2), [number // 2])
            cost = costs[number] = run(home.root)
            print(cost.line(f"{number:,} workspaces, one with new events"), stages(cost), sep="\n", flush=True)
            changed = [path for path, moment in _times(home).items() if before.get(path) != moment]
            if len({path.parent.parent for path in changed}) != 1:
                problems.append(f"of {number} workspaces {len(changed)} folders were made in place of one")
            shutil.rmtree(home.root)
    fewest = costs[numbers[0]]
    for number, (most, most_of_exports) in LIMITS.items():
        if number in costs:
            more = costs[number].cpu - fewest.cpu
            exports = costs[number].document["seconds"]["export"] - fewest.document["seconds"]["export"]
            print(f"{number:,} against {numbers[0]}: {costs[number].cpu / fewest.cpu:.2f} x, {more:+.1f} s of processor"
                  f" time (at most {most}); exports {exports:+.1f} s (at most {most_of_exports})")
            if (more > most and costs[number].cpu > MOST_TIMES * fewest.cpu) or exports > most_of_exports:
                problems.append(f"{number:,} workspaces cost more than their limit")
    print(*problems, sep="\n")
    return int(bool(problems))


def finished(root: Path, number: int) -> Home:
    """A home of so many workspaces that is loaded, built, published and exported."""
    home = Home(root).ensure()
    folder = home.landing / "entities" / FIRST.isoformat()
    workspaces = ({"workspace_id": f"w{one}", "name": f"Workspace {one}", "timezone": "Europe/Zurich",
                   "starts_on": FIRST.isoformat(), "ends_on": (FIRST + timedelta(days=6)).isoformat(),
                   "updated_at": FIRST.isoformat()} for one in range(number))
    people = ({"workspace_id": f"w{one}", "user_id": f"u{person}", "first_name": "Person", "last_name": f"No {person}",
               "updated_at": FIRST.isoformat()} for one in range(number) for person in range(PEOPLE))
    _write(folder / "workspaces.jsonl", workspaces)
    _write(folder / "participants.jsonl", people)
    _write_events(home, FIRST, range(number))
    home.settings_file.write_text(_SETTINGS.format(""), encoding="utf-8")
    run(home.root)
    home.settings_file.write_text(_SETTINGS.format("event"), encoding="utf-8")
    _export_all(home)
    cost = run(home.root)  # it has other settings than the last one, and looks at everything
    if cost.document["exports"]["folders_made"]:
        raise RuntimeError(f"The folders are not taken for finished: {cost.document['exports']}")
    return home


def _write_events(home: Home, day: date, workspaces: Iterable[int]) -> None:
    moment = datetime.combine(day, time(9), UTC)
    _write(home.landing / "events" / day.isoformat() / "events.jsonl", (
        {
            "messageId": f"{day}-{one}-{person}-{place}", "type": "track", "event": "Item Viewed",
            "userId": f"u{person}", "timestamp": (moment + timedelta(minutes=place)).isoformat(),
            "receivedAt": (moment + timedelta(minutes=place)).isoformat(),
            "context": {"groupId": f"w{one}", "device": {"id": f"d{person}"}},
        }
        for one in workspaces for person in range(PEOPLE) for place in range(EVENTS)
    ))


def _write(path: Path, lines: Iterable[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def _export_all(home: Home) -> None:
    """Every workspace's folder as if made by an earlier night."""
    from exports.folder.manifest import NAME, read_manifest
    from exports.plan.plan import plan
    from footfall.metrics.source import open_published

    cost_of([*FOOTFALL, "export", "--home", str(home.root), "--workspace", "w0", "--json"])
    first = home.exports / "w0" / "event"
    manifest = read_manifest(first) or {}
    settings = Settings()
    with open_published(home, settings) as con:
        jobs = plan(
            con, workspaces=None, ranges=("event",), start=None, end=None, user=None,
            days_without_dates=settings.exports.days_without_dates,
        )
    for job in jobs:
        folder = home.exports / job.folder
        if folder != first:
            shutil.copytree(first, folder, copy_function=os.link, ignore=shutil.ignore_patterns(NAME))
            own = {"workspace_id": job.workspace_id, "workspace": job.workspace, "fingerprint": job.fingerprint}
            (folder / NAME).write_text(json.dumps(sealed({**manifest, **own})), encoding="utf-8")


def _times(home: Home) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in home.exports.glob("*/*/manifest.json")}


if __name__ == "__main__":
    sys.exit(main())

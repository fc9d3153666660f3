"""A reader who looks at what is published all the time, as dashboards do."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes


@dataclass
class Watched:
    """What a reader found, filled in when it has ended."""

    reads: int = 0
    problems: list[str] = field(default_factory=list)


@contextmanager
def watch(home: Home, notes: Path, pause: float = 2.0) -> Iterator[Watched]:
    """Read what is published for as long as the block runs, in another process."""
    notes.unlink(missing_ok=True)
    pid = processes.fork(_read_on, home, notes, pause)
    watched = Watched()
    try:
        yield watched
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        found = json.loads(notes.read_text()) if notes.exists() else {"reads": 0, "problems": []}
        watched.reads, watched.problems = found["reads"], found["problems"]


def _read_on(home: Home, notes: Path, pause: float) -> None:
    has_to_end = []
    signal.signal(signal.SIGTERM, lambda *_: has_to_end.append(True))
    reads, seq, problems = 0, 0, []
    while not has_to_end:
        try:
            seq = read_once(home, seq)
        except Exception as error:  # noqa: BLE001 - every kind of failure is what is looked for
            problems.append(f"a reader failed: {type(error).__name__}: {str(error).splitlines()[0]}")
        reads += 1
        time.sleep(pause)
    notes.write_text(json.dumps({"reads": reads, "problems": sorted(set(problems))}))


def read_once(home: Home, before: int = 0) -> int:
    """Read every published table once; return the newest commit in it.

    Raises:
        AssertionError: a table has other rows than the version says, or the version is older than one read before.
    """
    from footfall.core.database import connect, quote_identifier

    file = home.published_file.resolve()
    current = json.loads((file.parent / "current.json").read_text())
    with connect(file, read_only=True) as con:
        for name, rows in current["tables"].items():
            found = con.execute(f"select count(*) from marts.{quote_identifier(name)}").fetchall()[0][0]
            assert found == rows, f"marts.{name} has {found} rows, the version says {rows}"
    assert current["lake_seq"] >= before, f"commit {current['lake_seq']} is shown after {before}"
    return current["lake_seq"]

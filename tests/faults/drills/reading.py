"""Readers during publications: every read sees the tables and exports of one run, whole, and never an older one."""

import hashlib
import json
import os
import shutil
import time
from pathlib import Path

import duckdb

from footfall.core.home import Home
from footfall.core.settings import Settings
from tests.faults.drills import processes
from tests.faults.drills.record import Record
from tests.faults.drills.world import World
from tests.support.nights import make_nights, visit

READERS, PUBLICATIONS = 8, 100
#: Seconds between two reads of a reader, so that the reads are spread over the publications.
PAUSE = 0.3


def reads(world: World, record: Record, dose: int) -> None:
    """`dose` reads by eight readers while versions are published with real marts, ops and exports."""
    trial = f"{dose} reads"
    for _ in record.open([trial]):
        root = world.root / "homes" / "reads"
        shutil.rmtree(root, ignore_errors=True)
        number = max(3, PUBLICATIONS * dose // 10_000)
        writer = processes.fork(_publish, root, number)
        while not (root / "ready").exists():
            assert os.waitpid(writer, os.WNOHANG)[0] == 0, "the writer has ended"
            time.sleep(0.05)
        share = -(-dose // READERS)
        readers = [processes.fork(_read, Home(root), root / f"reader_{place}.json", share) for place in range(READERS)]
        _, status = os.waitpid(writer, 0)
        (root / "published_all").touch()
        for pid in readers:
            os.waitpid(pid, 0)
        found = [json.loads((root / f"reader_{place}.json").read_text()) for place in range(READERS)]
        problems = sorted({problem for one in found for problem in one["problems"]})
        problems += ["publishing failed"] if status else []
        total = sum(one["reads"] for one in found)
        versions = max(one["versions"] for one in found)
        problems += [f"only {versions} versions were seen"] if versions < number // 4 else []
        record.add(
            trial, problems, dose=total, publications=number, versions=versions,
            exports=sum(one["exports"] for one in found), during=sum(one["during"] for one in found),
        )


def _publish(root: Path, number: int) -> None:
    from exports.build_all import export_all

    nights = make_nights(root, people=12)
    nights.settings = Settings.model_validate({"exports": {"formats": ["csv"], "ranges": ["event"], "workers": 1}})
    for night in range(number):
        people = [
            visit(user, night % 28, "Home", "Agenda", "Map", hour=6 + night // 28, workspace_id="open")
            for user in range(2)
        ]
        nights.publish([event for one in people for event in one])
        exported = export_all(nights.home, nights.settings, run_id=f"run-{night + 1}", workspaces=["open"])
        assert not exported.failures, exported.failures
        (root / "ready").touch()


def _read(home: Home, notes: Path, number: int) -> None:
    """Read so many times, and on until everything is published; write what was found."""
    from footfall.core.database import connect

    reads = exports = during = seq = exported = 0
    versions: set[str] = set()
    problems = []
    is_over = False
    while reads < number or not is_over:
        is_over = (home.root / "published_all").exists()
        during += not is_over
        try:
            file = home.published_file.resolve(strict=True)
            with connect(file, read_only=True) as con:
                seq = _read_version(con, file.parent, seq)
            versions.add(file.parent.name)
            if reads % 4 == 0:
                exported = _read_exports(home, exported)
                exports += 1
        except FileNotFoundError as error:
            problems.append(f"gone while it was read: {Path(error.filename).name}")
        except Exception as error:  # noqa: BLE001 - every kind of failure is what is looked for
            problems.append(f"{type(error).__name__}: {str(error).splitlines()[0][:200]}")
        reads += 1
        time.sleep(PAUSE)
    notes.write_text(json.dumps({
        "reads": reads, "exports": exports, "during": during, "versions": len(versions),
        "problems": sorted(set(problems)),
    }))


def _read_version(con, folder: Path, before: int) -> int:
    """Every table has the rows of its version, sums agree between tables, and the commit is no older one."""
    current = json.loads((folder / "current.json").read_text())
    for name, rows in current["tables"].items():
        found = con.execute(f'select count(*) from marts."{name}"').fetchall()[0][0]
        assert found == rows, f"{name} has {found} rows, not {rows}"
    events, visits, daily, loaded = con.execute("""
        select
            (select count(*) from marts.fct_events where is_interaction),
            (select sum(interactions) from marts.fct_visits),
            (select sum(interactions) from marts.agg_workspace_daily),
            (select count(distinct load_date) from ops.load_ledger)
    """).fetchall()[0]
    assert events == visits == daily, f"interactions differ between tables: {events}, {visits}, {daily}"
    assert loaded >= 1
    # as any program reads them: a published database opened by Footfall may not read other files
    stored = duckdb.execute(
        "select count(*) from read_parquet($files, hive_partitioning = false)",
        {"files": str(folder / "marts" / "fct_events" / "*.parquet")},
    ).fetchall()[0][0]
    assert stored == current["tables"]["fct_events"], f"Parquet has {stored} events"
    assert current["lake_seq"] >= before, f"commit {current['lake_seq']} after {before}"
    return current["lake_seq"]


def _read_exports(home: Home, before: int) -> int:
    """A folder's files are those of its manifest, and of no older run; a folder that is replaced meanwhile is read
    again."""
    folder = home.exports / "open" / "event"
    for _ in range(20):
        text = (folder / "manifest.json").read_bytes()
        manifest = json.loads(text)
        found = {}
        for name in manifest["files"]:
            try:
                found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            except FileNotFoundError:
                found[name] = None
        if all(one["sha256"] == found[name] for name, one in manifest["files"].items()):
            run = int(manifest["run_id"].split("-")[1])
            assert run >= before, f"exports of run {run} after {before}"
            return run
        assert (folder / "manifest.json").read_bytes() != text, "files that are not those of their manifest"
    raise AssertionError("20 times in a row the folder was replaced while it was read")



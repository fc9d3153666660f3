"""Run drills: ``python -m tests.faults.drills [NAME ...] [--share 0.1] [--out DIR]``."""

import argparse
import sys
from pathlib import Path

from tests.faults.drills import (
    access,
    boundaries,
    clocks,
    damage,
    damage_kinds,
    disk,
    kills,
    locks,
    memory,
    pairs,
    reading,
    signals,
    table,
)
from tests.faults.drills.record import ROOT, Record
from tests.faults.drills.world import make_world

#: Drill: what it runs, and its full dose.
DRILLS = {
    "random_kills": (kills.random_kills, 200),
    "boundary_kills": (kills.boundary_kills, kills.TIMES * len(boundaries.NIGHT)),
    "signals": (signals.signals, 20),
    "pairs": (pairs.pairs, 30),
    "lock_holders": (locks.lock_holders, len(locks.HOLDERS)),
    "reads": (reading.reads, 10_000),
    "full_disk": (disk.full_disk, len(disk.SHARES)),
    "full_temp": (disk.full_temp, len(disk.SHARES)),
    "memory_limits": (memory.memory_limits, len(memory.LIMITS) + len(memory.SPACES)),
    "damaged_files": (damage.damaged_files, damage_kinds.TRIALS),
    "time_zones": (clocks.time_zones, len(clocks.ZONES)),
    "clocks": (clocks.clocks, len(clocks.CLOCKS) + len(clocks.CHANGES)),
    "access": (access.access, access.TRIALS),
}


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults.drills", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(DRILLS)}; all without any")
    options.add_argument("--share", type=float, default=1.0, help="of the full dose, 0 to 1")
    options.add_argument("--out", type=Path, default=ROOT / "faults", help="folder of the homes and the results")
    options.add_argument("--table", type=Path, help="only write the table of what was recorded into this document")
    chosen = options.parse_args()
    doses = {name: dose for name, (_, dose) in DRILLS.items()}
    if chosen.table:
        table.write(chosen.table, table.render(chosen.out / "results", doses))
        return 0
    world = make_world(chosen.out.absolute())
    failed = 0
    for name in chosen.names or DRILLS:
        drill, dose = DRILLS[name]
        record = Record(world.root / "results" / f"{name}.jsonl")
        drill(world, record, max(1, round(dose * chosen.share)))
        print(f"{name}: {record.dose} faults, {len(record.failed)} failed", flush=True)
        failed += len(record.failed)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

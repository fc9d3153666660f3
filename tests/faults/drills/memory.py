"""Too little memory: a night needs more time, or ends with one message, and the next one with memory goes on."""

import re
import resource
from functools import partial
from pathlib import Path

from tests.faults.drills import processes
from tests.faults.drills.record import Record, spread
from tests.faults.drills.world import World, find_problems

#: The setting `duckdb.memory_limit`.
LIMITS = ("5MB", "10MB", "15MB", "20MB", "30MB", "40MB", "60MB", "100MB", "200MB", "512MB")
#: Megabytes of address space that the process may take besides what it has when it starts.
SPACES = (20, 50, 100, 150, 200, 300, 400, 600, 1000, 2000)


def memory_limits(world: World, record: Record, dose: int) -> None:
    plans = {**{f"duckdb.memory_limit: {limit}": limit for limit in LIMITS},
             **{f"{space} MB more of address space": space for space in SPACES}}
    for trial in record.open(spread(list(plans), dose)):
        plan, home, output = plans[trial], world.home("memory"), world.root / "output" / "memory"
        before = None
        if isinstance(plan, str):
            text = home.settings_file.read_text()
            home.settings_file.write_text(f"{text}duckdb: {{memory_limit: {plan}, threads: 1}}\n")
        else:
            before = partial(_limit_space, plan)
        night = processes.run(output, "run", "--home", home.root, before=before)
        problems = [] if night.code == 0 else _problems_of(night)
        home.settings_file.write_text((world.base / "footfall.yml").read_text())
        again = processes.run(output, "run", "--home", home.root)
        problems += [f"with memory again, the run ends with {again.code}: {again.err[-300:]}"] if again.code else []
        problems += find_problems(home, world.expected)
        record.add(trial, problems, code=night.code, seconds=night.seconds, err=night.err[-300:])


def _limit_space(megabytes: int) -> None:
    has = int(re.search(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (has + megabytes * 1_000_000,) * 2)


def _problems_of(night: processes.Ended) -> list[str]:
    errors = re.findall(r"^Error: .*$", night.err, re.MULTILINE)
    if night.code != 1 or len(errors) != 1 or "memory" not in night.err.lower() or "Traceback" in night.err:
        return [f"it ends with {night.code}: {night.err[-400:]}"]
    return []

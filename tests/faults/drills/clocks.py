"""Hosts in other time zones, with changes of clocks, and clocks that are set back or forth: the same tables."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from footfall.core.home import Home
from tests.faults.drills import processes
from tests.faults.drills.record import Record, spread
from tests.faults.drills.world import World, find_problems

#: East and west of the date line, by quarters of an hour, and with a change of clocks of their own.
ZONES = (
    "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "Australia/Lord_Howe", "Europe/Berlin", "America/Sao_Paulo", "Africa/Casablanca", "Nowhere/Nowhere",
)
HOUR, DAY = 3600, 86400
#: Seconds by which the host's clock is wrong in each of two nights.
CLOCKS = {
    "set back an hour after the first night": (0, -HOUR), "set back a day": (0, -DAY),
    "set back 90 days": (0, -90 * DAY),
    "an hour ahead, then right": (HOUR, 0), "a year ahead, then right": (365 * DAY, 0),
    "ten years back": (-3650 * DAY, -3650 * DAY), "1970": (-int(time.time()) + DAY, 0),
    "ten years ahead": (3650 * DAY, 3650 * DAY), "after 2038": (5000 * DAY, 5000 * DAY),
}
#: The time zones of nights during which clocks change, and how far the host's clock is from that change.
CHANGES = {"Europe/Berlin": "2026-10-25T00:59:50", "America/St_Johns": "2026-11-01T04:29:50",
           "Australia/Lord_Howe": "2026-10-03T15:29:50"}

_SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long wrong(void) { const char *text = getenv("DRILL_CLOCK"); return text ? atol(text) : 0; }
int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*whole)(clockid_t, struct timespec *);
    if (!whole) whole = dlsym(RTLD_NEXT, "clock_gettime");
    int result = whole(clock, at);
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) at->tv_sec += wrong();
    return result;
}
int gettimeofday(struct timeval *at, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec; at->tv_usec = now.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"""


def time_zones(world: World, record: Record, dose: int) -> None:
    """A night on hosts in other zones; the last one is no zone."""
    for trial in record.open(spread(ZONES, dose)):
        _try_night(world, record, trial, zone=trial)


def clocks(world: World, record: Record, dose: int) -> None:
    """Two nights with a host whose clock is wrong, and nights during which it changes; needs a C compiler."""
    if "DRILL_SHIM" not in os.environ:
        _start_again(world, dose)
        record.__post_init__()
        return
    trials = {**{name: {"wrong": wrong} for name, wrong in CLOCKS.items()},
              **{f"a night of {zone} in which clocks change": {"zone": zone} for zone in CHANGES}}
    for trial in record.open(spread(list(trials), dose)):
        plan = trials[trial]
        if "zone" in plan:
            moment = time.mktime(time.strptime(CHANGES[plan["zone"]], "%Y-%m-%dT%H:%M:%S")) - time.timezone
            plan["wrong"] = (0, round(moment - time.time()))
        _try_night(world, record, trial, **plan)


def _start_again(world: World, dose: int) -> None:
    """Run this drill in a process with a clock that can be set wrong."""
    source, library = world.root / "shim.c", world.root / "shim.so"
    source.write_text(_SHIM)
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "DRILL_SHIM": "1"}
    subprocess.run(
        [sys.executable, "-m", "tests.faults.drills", "clocks", "--share", str(dose / (len(CLOCKS) + len(CHANGES))),
         "--out", world.root], env=environment, check=False,
    )


def _try_night(
    world: World, record: Record, trial: str, *, zone: str | None = None, wrong: tuple[int, int] = (0, 0)
) -> None:
    """Load the first date in one night and the others in the next."""
    output = world.root / "output" / record.path.stem
    home = Home(world.root / "homes" / record.path.stem)
    problems = []
    if wrong[0]:
        # from nothing, since the base was published by a right clock
        home = world.home(record.path.stem, _without_state(world))
        first = processes.run(output, "run", "--home", home.root, "--through", "2026-09-07",
                              before=partial(_set, zone, wrong[0]))
        problems += [f"the first night ends with {first.code}: {first.err[-300:]}"] if first.code else []
    else:
        home = world.home(record.path.stem)
    night = processes.run(output, "run", "--home", home.root, before=partial(_set, zone, wrong[1]))
    problems += [f"the night ends with {night.code}: {night.err[-300:]}"] if night.code else []
    again = processes.run(output, "run", "--home", home.root)
    problems += [f"the run after it ends with {again.code}: {again.err[-300:]}"] if again.code else []
    record.add(trial, problems + find_problems(home, world.expected), wrong=wrong)


def _without_state(world: World) -> Path:
    """A home that loaded nothing yet."""
    path = world.root / "fresh"
    if not path.exists():
        home = world.full_home("fresh")
        for name in ("lake", "quarantine", "warehouse", "published", "exports", "dagster"):
            subprocess.run(["rm", "-r", home.root / name], check=True)
        home.root.rename(path)
    return path


def _set(zone: str | None, wrong: int) -> None:
    if zone:
        os.environ["TZ"] = zone
        time.tzset()
    os.environ["DRILL_CLOCK"] = str(wrong)

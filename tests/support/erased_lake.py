"""An erasure as far as landing zone and lake, without a build."""

from footfall.erasure.intent import Intent, Plan
from footfall.erasure.lake import rewrite_lake
from footfall.erasure.people import distinct
from footfall.erasure.plan import make_plan
from footfall.erasure.questions import decide_all
from footfall.ingestion.exclusion.tombstones import Erased, home_key, read_tombstones, write_tombstones
from footfall.ingestion.landing_erasure.erase_landing import erase_from_all_files
from tests.support.lake import Lake


def erase(lake: Lake, *users: str, titles: str = "") -> Plan:
    """Everything an erasure does to landing zone and lake."""
    people = distinct(("expo", user) for user in users)
    number = len(list((lake.home.lake / "tombstones").glob("*"))) + 1
    plan = make_plan(lake.home, lake.settings, people)
    if titles:
        decide_all(plan, titles)
    carry_out(lake, Intent(number, "2026-11-24T00:00:00", people, plan))
    return plan


def carry_out(lake: Lake, intent: Intent) -> None:
    """The removal itself, which can be repeated with other decisions."""
    home, settings, plan = lake.home, lake.settings, intent.plan
    assert plan is not None
    key = home_key(home, settings)
    write_tombstones(home, key, intent.number, plan.names)
    erased = Erased.of(plan.names, intent.people, key)
    rewrite_lake(home, settings, intent, plan, erased)
    everybody = read_tombstones(home, settings)
    assert everybody is not None
    erase_from_all_files(home, settings, everybody, now=erased)

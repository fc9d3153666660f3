"""The same numbers on both engines: builds of a dirty sample, and each mart equal row for row after every one.

``FOOTFALL_SPARK_PLANS`` sets how many plans of several nights are tried (0; `make spark-exact`: 3): the first has late,
doubled, cut and changed input and a killed build, the others are random.
"""

import json
import os
import random
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from footfall.core.home import Home
from footfall.sample.generate import generate
from footfall.spark.tables import Tables
from tests.support.both_engines import BothEngines
from tests.support.dealt_again import deliver, lines_of, nights_of, put
from tests.support.delivery import TEARS

if TYPE_CHECKING:
    from pyiceberg.table import Table

PLANS = int(os.environ.get("FOOTFALL_SPARK_PLANS", "0"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing folder with a bit of every fault."""
    home = Home(tmp_path_factory.mktemp("sample")).ensure()
    generate(home, workspaces=2, participants=15, days=2, seed=5, dirty=0.15)
    return home.landing


def change_settings(both: BothEngines, sample: Path, night: date) -> None:
    """Another extract: one workspace moves to a zone of which Spark has other rules, with a timeout and a target group
    of its own; the other has a shorter idle cap."""
    extracts = min((sample / "entities").iterdir())
    rows = [json.loads(line) for line in (extracts / "workspaces.jsonl").read_text(encoding="utf-8").splitlines()]
    people = [json.loads(line) for line in (extracts / "participants.jsonl").read_text(encoding="utf-8").splitlines()]
    group = next(one["groups"][0] for one in people if one.get("groups"))
    moved = {"timezone": "America/Vancouver", "visit_timeout_minutes": 7, "target_groups": [group]}
    changes = (moved, {"idle_cap_seconds": 45})
    later = {"updated_at": f"{night.isoformat()}T12:00:00Z"}
    changed = [{**row, **change, **later} for row, change in zip(rows, changes, strict=True)]
    both.land_entity(night, "workspaces", changed)


def columns_with_bounds(table: "Table") -> set[str]:
    """Columns of which the manifests of a table have the smallest value of a file."""
    numbers = {
        number for snapshot in table.metadata.snapshots for manifest in snapshot.manifests(table.io)
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=False)
        for number in entry.data_file.lower_bounds or ()
    }
    return {table.schema().find_field(number).name for number in numbers}


def test_a_build_from_scratch_and_one_with_nothing_but_duplicates_give_the_same_marts(
    running_spark: None, sample: Path, tmp_path: Path
) -> None:
    both = BothEngines.at(tmp_path)
    shutil.copytree(sample, both.home.landing, dirs_exist_ok=True)
    result = both.load("everything")
    assert result.quarantined > 0
    assert result.duplicates > 0
    both.build()
    tables = Tables.of(both.spark.home, both.spark.settings)
    table = tables.open("marts.fct_events")
    (order,) = table.sort_order().fields  # an export reads groups of rows: those of a workspace have to be together
    assert table.schema().find_field(order.source_id).name == "workspace_id"
    # the smallest and largest value of a file that is taken out of a table stays in a manifest; a person's must not
    assert columns_with_bounds(table) >= {"workspace_id", "occurred_at", "engaged_seconds"}
    for name in ("marts.fct_events", "marts.dim_participants", "intermediate.int_participants"):
        table = tables.open(name)
        texts = {field.name for field in table.schema().fields if "string" in str(field.field_type)}
        assert columns_with_bounds(table) & texts == {"workspace_id"}
    again = both.home.landing / "events" / "2026-11-01" / "again.jsonl"
    again.parent.mkdir()
    again.write_bytes(b"\n".join(line for _, line in lines_of(sample)))
    assert both.load("again").duplicates > 0
    both.build()


@pytest.mark.parametrize("number", range(min(PLANS, 1)))
def test_nights_with_late_doubled_cut_and_changed_input_are_equal_also_after_a_killed_build(
    running_spark: None, sample: Path, tmp_path: Path, number: int
) -> None:
    both = BothEngines.at(tmp_path)
    chance = random.Random(number + 1)
    extracts = sample / "entities"
    shutil.copytree(extracts, both.home.landing / "entities", dirs_exist_ok=True)
    dealt = nights_of(sample, chance)
    first, *others = dealt
    put(both, first, dealt[first][: len(dealt[first]) // 2], chance)
    both.load("first night", through=first)
    both.build()
    for night in others:
        put(both, night, dealt[night], chance)
    change_settings(both, sample, others[-1])
    both.load("other nights")
    both.build_up_to("int_sessions")
    put(both, first, dealt[first], chance)
    both.backfill("the first night whole", first, first)
    both.build()


@pytest.mark.parametrize("number", range(1, PLANS))
def test_random_plans_are_equal_night_by_night(
    running_spark: None, sample: Path, tmp_path: Path, number: int
) -> None:
    both = BothEngines.at(tmp_path)
    deliver(sample, both, number)
    nights = sorted(date.fromisoformat(folder.name) for folder in sample.glob("events/*"))
    change_settings(both, sample, nights[-1])
    both.backfill("again", nights[0], nights[-1])
    both.build_up_to(random.Random(number).choice(TEARS))
    both.build()
    both.build(full_refresh=True)

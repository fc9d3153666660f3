"""One dirty sample, delivered in many ways: every mart has one hash, in every order and grouping.

``FOOTFALL_PLANS`` sets how many random plans are tried (2; 20 on demand).
"""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.sample.generate import generate
from tests.support.comparison import build_differences, hashes
from tests.support.dealt_again import deliver
from tests.support.laws import broken_laws
from tests.support.warehouse import Warehouse

PLANS = int(os.environ.get("FOOTFALL_PLANS", "2"))

#: One worker builds what all these tests read.
pytestmark = pytest.mark.xdist_group("delivery_plans")

#: The day on which a message arrived depends on the delivery.
DELIVERY = [("fct_events", "load_date")]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing folder with a bit of every fault."""
    home = Home(tmp_path_factory.mktemp("sample")).ensure()
    generate(home, workspaces=2, participants=40, days=3, seed=5, dirty=0.15)
    return home.landing


@pytest.fixture(scope="module")
def as_it_came(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample loaded and built in one go."""
    root = tmp_path_factory.mktemp("as_it_came")
    shutil.copytree(sample, root / "landing")
    warehouse = Warehouse.at(root)
    result = warehouse.load("all")
    assert result.quarantined > 0
    assert result.duplicates > 0
    warehouse.build()
    return warehouse


def test_the_laws_hold_on_the_sample(as_it_came: Warehouse) -> None:
    assert broken_laws(as_it_came) == {}


@pytest.mark.parametrize("number", range(PLANS))
def test_however_it_is_delivered_every_mart_has_the_same_hash(
    sample: Path, as_it_came: Warehouse, tmp_path: Path, number: int
) -> None:
    delivered = Warehouse.at(tmp_path / "home")
    deliver(sample, delivered, number)
    expected, found = hashes(as_it_came, DELIVERY), hashes(delivered, DELIVERY)
    differing = [table for table in expected if expected[table] != found[table]]
    details = [str(row) for row in build_differences(delivered, as_it_came)] if differing else []
    assert not differing, "\n".join(details)


def test_loading_a_night_again_and_building_from_scratch_change_nothing(
    sample: Path, as_it_came: Warehouse, tmp_path: Path
) -> None:
    before = hashes(as_it_came)
    nights = sorted(date.fromisoformat(folder.name) for folder in sample.glob("events/*"))
    as_it_came.backfill("again", nights[0], nights[-1])
    as_it_came.build()
    assert hashes(as_it_came) == before
    assert build_differences(as_it_came, as_it_came.from_scratch(tmp_path / "scratch")) == []
    # commits that are replaced later are in parts of their own
    assert build_differences(as_it_came, as_it_came.from_scratch(tmp_path / "parts", most_rows=4_000)) == []

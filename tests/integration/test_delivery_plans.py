"""One dirty sample, delivered in many ways: every mart has one hash, in every order and grouping.

``FOOTFALL_PLANS`` sets how many random plans are tried (2; 20 on demand).
"""

import gzip
import json
import os
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.sample.generate import generate
from tests.support.comparison import build_differences, hashes
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


def lines_of(sample: Path) -> Iterator[tuple[date, bytes]]:
    for path in sorted(sample.glob("events/*/*")):
        data = path.read_bytes()
        text = gzip.decompress(data) if path.suffix == ".gz" else data
        for line in text.split(b"\n"):
            if line.strip():
                yield date.fromisoformat(path.parent.name), line


def says_when_it_came(line: bytes) -> bool:
    """Whether its own fields, and not its folder, decide if its time is accepted."""
    try:
        return bool(json.loads(line).get("receivedAt"))
    except (ValueError, AttributeError):
        return False


def nights_of(sample: Path, chance: random.Random) -> dict[date, list[bytes]]:
    """Deal the lines to the nights again, some of them twice."""
    nights = sorted(date.fromisoformat(folder.name) for folder in sample.glob("events/*"))
    dealt: dict[date, list[bytes]] = defaultdict(list)
    for night, line in lines_of(sample):
        is_free = says_when_it_came(line)
        for _ in range(2 if chance.random() < 0.05 else 1):
            dealt[chance.choice(nights) if is_free else night].append(line)
    for lines in dealt.values():
        chance.shuffle(lines)
    return {night: dealt[night] for night in nights}


def put(warehouse: Warehouse, night: date, lines: list[bytes], chance: random.Random) -> None:
    folder = warehouse.home.landing / "events" / night.isoformat()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files = chance.randint(1, 4)
    for number in range(files):
        text = b"\n".join([*lines[number::files], b""])
        name = f"{chance.randrange(10**6):06}.jsonl"
        if chance.random() < 0.5:
            (folder / name).write_bytes(text)
        else:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text, 1, mtime=0))


def deliver(sample: Path, root: Path, number: int) -> Warehouse:
    """Carry out one random plan: lines dealt to nights, some files cut, some nights missed, all corrected later."""
    chance = random.Random(number)
    warehouse = Warehouse.at(root)
    shutil.copytree(sample / "entities", root / "landing" / "entities", dirs_exist_ok=True)
    dealt = nights_of(sample, chance)
    cut_short = {night for night in dealt if chance.random() < 0.4}
    for night, lines in dealt.items():
        is_cut = night in cut_short
        put(warehouse, night, lines[: len(lines) // 2] if is_cut else lines, chance)
        if chance.random() < 0.6:
            warehouse.load(f"run {night}", through=night)
            warehouse.build()
    warehouse.load("catch up")
    warehouse.build()
    for night in sorted(cut_short, key=lambda _: chance.random()):
        put(warehouse, night, dealt[night], chance)
        warehouse.backfill(f"backfill {night}", night, night)
    warehouse.build()
    return warehouse


def test_the_laws_hold_on_the_sample(as_it_came: Warehouse) -> None:
    assert broken_laws(as_it_came) == {}


@pytest.mark.parametrize("number", range(PLANS))
def test_however_it_is_delivered_every_mart_has_the_same_hash(
    sample: Path, as_it_came: Warehouse, tmp_path: Path, number: int
) -> None:
    delivered = deliver(sample, tmp_path / "home", number)
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

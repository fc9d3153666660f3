"""The lines of one dirty sample, dealt to its nights again and delivered in another order and grouping."""

import gzip
import json
import random
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.support.warehouse import Warehouse


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


def deliver(sample: Path, warehouse: Warehouse, number: int) -> None:
    """Carry out one random plan: lines dealt to nights, some files cut, some nights missed, all corrected later."""
    chance = random.Random(number)
    shutil.copytree(sample / "entities", warehouse.home.landing / "entities", dirs_exist_ok=True)
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

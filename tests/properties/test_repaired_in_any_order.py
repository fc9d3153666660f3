"""Repaired values are those of the lines that are loaded in the end, in any order in which their files arrive."""

import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.ingestion.ledger.ledger import read_lake, repaired_values
from footfall_cli.rejected_lines import Filter
from footfall_cli.repaired_values import fetch_repaired
from tests.support.lake import Lake, line

DAYS = ("2026-11-02", "2026-11-03")
#: What a line may bring that cannot be used, nothing first.
VALUES: tuple[dict[str, Any], ...] = (
    {}, {"properties": {"duration_seconds": 90_000}}, {"properties": {"results": -1, "duration_seconds": "1h"}},
    {"properties": "none"}, {"type": "tracks"}, {"originalTimestamp": "soon"}, {"event": "Party \ud83c"},
)
PEOPLE: tuple[dict[str, Any], ...] = (
    {"deleted_at": "0000-00-00"}, {"role": "visitor"}, {"first_name": "Zo\ud83c"}, {},
)
EVENT = st.tuples(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(VALUES), st.integers(0, 3))
FILE = st.tuples(st.sampled_from(DAYS), st.lists(EVENT, min_size=1, max_size=4))


def written(event: tuple[str, dict[str, Any], int], place: int) -> dict[str, Any]:
    """A line; no two were received at the same time, so that one of two copies wins in every order."""
    name, value, second = event
    return line(name, **{"receivedAt": f"2026-11-02T10:00:0{second}.{place:03d}Z", **value})


def loaded(files: list[tuple[str, str, list[dict[str, Any]]]], order: tuple[int, ...]) -> tuple[list, list, dict]:
    """Counts and values of a home in which the files arrive one by one in ``order``, each with a load of its own."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        for place in order:
            kind, day, rows = files[place]
            name = "participants.jsonl" if kind == "entities" else f"{place}.jsonl"
            lake.land(name, rows, day=day, kind=kind)
            lake.load()
        lake.ledger()  # its laws
        counts = sorted(
            (row["file"], row["field"], row["problem"], row["lines"])
            for row in repaired_values(read_lake(lake.home)) if row["lines"]
        )
        shown = [tuple(row.values()) for row in fetch_repaired(lake.home, Filter(), 999)]
        repaired = {row["file"]: row["repaired"] for row in read_lake(lake.home).ledger}
        return counts, shown, repaired


@settings(max_examples=6, deadline=None)
@given(
    st.lists(FILE, min_size=2, max_size=2), st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2), st.randoms(),
)
def test_any_order_of_the_files_gives_the_same_repaired_values(events: list, people: list, draw: Any) -> None:
    places = itertools.count()
    files = [("events", day, [written(event, next(places)) for event in found]) for day, found in events]
    rows = [{"workspace_id": "expo", "user_id": f"u{place}", **value} for place, value in enumerate(people)]
    files.append(("entities", DAYS[0], rows))
    orders = list(itertools.permutations(range(len(files))))
    first, second = draw.sample(orders, 2)
    one, other = loaded(files, first), loaded(files, second)
    assert one == other
    counts, shown, _ = one
    assert sum(row[3] for row in counts) == len(shown)

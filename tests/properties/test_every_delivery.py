"""Exactness: whatever happened and however it was delivered, the marts are what the definitions say, row for row.

``FOOTFALL_EXAMPLES`` sets how many histories are drawn (300), ``FOOTFALL_SEED`` which ones.
"""

import os
from pathlib import Path

import pytest

from tests.support.batches import BATCH, Failure, draw_batch, keep, run_batch, shrink
from tests.support.delivery import Plan
from tests.support.histories import History

EXAMPLES = int(os.environ.get("FOOTFALL_EXAMPLES", "300"))
SEED = int(os.environ.get("FOOTFALL_SEED", "0"))


def explain(tmp_path: Path, batch: dict[str, History], plan: Plan, failures: list[Failure]) -> str:
    """Shrink the smallest failing history, keep it beside the test's other files, and say what is wrong with it."""
    names = {failure.difference.workspace_id for failure in failures} & batch.keys()
    if not names:
        return "\n".join(map(str, failures[:5]))
    name = min(names, key=lambda name: len(batch[name].lines))
    history, plan, shrunk = shrink(tmp_path / "shrinking", batch[name], plan)
    kept = tmp_path / f"{name}.json"
    keep(kept, history, plan)
    shown = shrunk or [failure for failure in failures if failure.difference.workspace_id == name]
    return "\n".join([
        f"{len(names)} of {len(batch)} histories fail; the smallest, shrunk: python -m tests.support.batches {kept}",
        kept.read_text(encoding="utf-8"), *map(str, shown),
    ])


@pytest.mark.parametrize("number", range(-(-EXAMPLES // BATCH)))
def test_every_mart_equals_the_reference_after_every_load_and_a_full_refresh_at_the_end(
    tmp_path: Path, number: int
) -> None:
    batch, plan = draw_batch(min(BATCH, EXAMPLES - number * BATCH), SEED + number)
    failures = run_batch(tmp_path, batch, plan)
    assert not failures, explain(tmp_path, batch, plan, failures)

"""Many histories in one home, a workspace each, since a dbt build costs seconds for any number of rows.

Hypothesis draws the histories; a failing one is shrunk here, by delivering all its smaller variants as one more batch,
and kept as a JSON file that ``python -m tests.support.batches FILE`` replays.
"""

import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from footfall.transform.dbt_args import PROJECT
from tests.support.comparison import Difference, build_differences, differences
from tests.support.delivery import Plan, deliver, plans
from tests.support.histories import History, dumps, histories
from tests.support.warehouse import Warehouse

#: Histories delivered by one plan.
BATCH = 100
MAX_ROUNDS = 8
MAX_VARIANTS = 150


@dataclass(frozen=True)
class Failure:
    """Where the marts were wrong first: after which step of the plan, and beside what they were held."""

    step: str
    difference: Difference

    def __str__(self) -> str:
        return f"{self.step}: {self.difference}"


def draw(strategy: st.SearchStrategy, count: int, number: int) -> list:
    """Draw ``count`` examples of a strategy, the same ones for the same ``number``.

    Hypothesis begins a run with two very simple examples, and after ten it varies the examples it has. Run again
    after every ten, it gives examples that differ in everything.
    """
    drawn: list = []
    for block in itertools.count():
        drawn += _draw_block(strategy, number * 100_000 + block)[2:]
        if len(drawn) >= count:
            return drawn[:count]
    raise AssertionError("itertools.count ends nowhere")


def _draw_block(strategy: st.SearchStrategy, number: int) -> list:
    drawn: list = []

    @seed(number)
    @settings(
        max_examples=10, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: object) -> None:
        drawn.append(example)

    collect()
    return drawn


def draw_batch(count: int, number: int) -> tuple[dict[str, History], Plan]:
    """Draw histories, named as workspaces, and the plan to deliver them by."""
    drawn = draw(histories(), count, number)
    return {f"w{place:05}": history for place, history in enumerate(drawn)}, draw(plans(), 1, number)[0]


def run_batch(root: Path, batch: Mapping[str, History], plan: Plan, project: Path = PROJECT) -> list[Failure]:
    """Deliver a batch into a new home in ``root``; compare after every step, and at the end with a full refresh.

    Returns:
        the differences at the first step that has any.
    """
    warehouse = Warehouse.at(root / "home", project)
    for step, expected in deliver(warehouse, batch, plan):
        label = f"after {step.kind} of nights {step.first} to {step.last}, against the reference"
        found = [Failure(label, difference) for difference in differences(expected, warehouse.tables())]
        if found:
            return found
    scratch = warehouse.from_scratch(root / "scratch")
    return [Failure("against a full refresh", difference) for difference in build_differences(warehouse, scratch)]


def shrink(root: Path, history: History, plan: Plan, project: Path = PROJECT) -> tuple[History, Plan, list[Failure]]:
    """Find a smaller history, and a simpler plan, that still fails; each round is one batch."""
    failures: list[Failure] = []
    for number in range(MAX_ROUNDS):
        variants = {f"v{place:04}": variant for place, variant in enumerate(_variants(history))}
        found = run_batch(root / f"round{number}", variants, plan, project)
        names = {failure.difference.workspace_id for failure in found} & variants.keys()
        if not names:
            break
        best = min(names, key=lambda name: _size(variants[name]))
        history = variants[best]
        failures = [failure for failure in found if failure.difference.workspace_id == best]
    for number, simpler in enumerate(_simpler_plans(plan)):
        found = run_batch(root / f"plan{number}", {"v0000": history}, simpler, project)
        if found:
            return history, simpler, found
    return history, plan, failures


def _size(history: History) -> tuple[int, int]:
    return len(history.lines) + len(history.extracts), sum(
        len(line.nights) + (line.rewritten != line.nights) + len(line.body) for line in history.lines
    )


def _variants(history: History) -> Iterator[History]:
    """Smaller histories: without some lines or extracts, big parts first; then with simpler lines."""
    candidates = [*_without(history.lines, lambda lines: replace(history, lines=lines))]
    candidates += _without(history.extracts, lambda extracts: replace(history, extracts=extracts))
    for place, line in enumerate(history.lines):
        for simpler in (replace(line, rewritten=line.nights), replace(line, nights=line.nights[:1]), *_thinner(line)):
            if simpler != line:
                lines = (*history.lines[:place], simpler, *history.lines[place + 1:])
                candidates.append(replace(history, lines=lines))
    yield from candidates[:MAX_VARIANTS]


def _without(items: tuple, rebuilt: Callable[[tuple], History]) -> Iterator[History]:
    size = max(1, len(items) // 2)
    while items:
        for start in range(0, len(items), size):
            yield rebuilt((*items[:start], *items[start + size:]))
        if size == 1:
            return
        size //= 2


def _thinner(line: object) -> Iterator[object]:
    for name in ("properties", "channel", "name"):
        if name in line.body:
            yield replace(line, body={key: value for key, value in line.body.items() if key != name})


def _simpler_plans(plan: Plan) -> Iterator[Plan]:
    runs = tuple(step for step in plan.steps if step.kind == "run")
    yield Plan((replace(runs[-1], first=0),))
    yield Plan(runs)
    yield replace(plan, late=frozenset(), is_ahead=False)


def keep(path: Path, history: History, plan: Plan) -> None:
    """Write a history and its plan to a file that can be read and replayed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{{"plan": {json.dumps(plan.to_json())},\n"history": {dumps(history)}}}\n', encoding="utf-8")


def read(path: Path) -> tuple[History, Plan]:
    value = json.loads(path.read_text(encoding="utf-8"))
    return History.from_json(value["history"]), Plan.from_json(value["plan"])


def main(arguments: list[str]) -> int:
    """Replay the kept examples named on the command line and say how they fail."""
    is_wrong = False
    for argument in arguments:
        history, plan = read(Path(argument))
        with tempfile.TemporaryDirectory() as folder:
            failures = run_batch(Path(folder), {"w": history}, plan)
        is_wrong |= bool(failures)
        print(f"{argument}: {'fails' if failures else 'holds'}")
        for failure in failures:
            print(failure)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

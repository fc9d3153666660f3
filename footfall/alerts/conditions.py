"""Every condition, computed in one place from the state of the home: for commands, alerts and Dagster alike."""

import contextlib
from collections.abc import Callable, Mapping
from functools import partial

from footfall.alerts.alert import KINDS, Alert
from footfall.alerts.facts import UNREADABLE, Facts
from footfall.alerts.of_disk import disk
from footfall.alerts.of_exports import failed_exports, held_back
from footfall.alerts.of_landing import changed_files, nothing_arrived, old_data
from footfall.alerts.of_loads import quarantined_files, rejected_lines, repaired_values, unusual_volume
from footfall.alerts.of_runs import damage, last_run, no_run, open_erasure
from footfall.ingestion.ledger.ledger import Lake

#: These can be seen while a run works on the home too.
_ALWAYS: Mapping[str, Callable[[Facts], Alert | None]] = {
    "no_run": no_run, "disk": disk, "nothing_arrived": nothing_arrived, "old_data": old_data,
}
_BETWEEN_RUNS: Mapping[str, Callable[[Facts], Alert | None]] = {
    "last_run": last_run, "open_erasure": open_erasure, "held_back": held_back, "failed_exports": failed_exports,
}
_OF_THE_LAKE: Mapping[str, Callable[[Facts, Lake], Alert | None]] = {
    "unusual_volume": unusual_volume, "rejected_lines": rejected_lines, "repaired_values": repaired_values,
    "quarantined_files": quarantined_files, "changed_files": changed_files,
}


def evaluate(facts: Facts) -> dict[str, Alert | None]:
    """Whether each condition holds: its alert, or None. Kinds that cannot be evaluated now are left out."""
    seen = {**_ALWAYS, **({} if facts.is_at_work else _BETWEEN_RUNS)}
    looks = {kind: partial(look, facts) for kind, look in seen.items()}
    if facts.lake is not None and not facts.is_at_work:
        looks |= {kind: partial(look, facts, facts.lake) for kind, look in _OF_THE_LAKE.items()}
    if facts.is_lost is not None:
        looks["damage"] = partial(damage, facts)
    found = {}
    for kind in KINDS:
        if kind in looks:
            with contextlib.suppress(*UNREADABLE):
                found[kind] = looks[kind]()
    return found

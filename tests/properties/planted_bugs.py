"""Do the property tests see anything? Bugs planted in a copy of the models, each of which they have to find.

Not part of the suite, since it builds the models once a bug: ``pytest tests/properties/planted_bugs.py`` (minutes).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.dbt_args import PROJECT
from tests.support.batches import draw_batch, run_batch


@dataclass(frozen=True)
class Bug:
    """A text in a model, what stands there instead, and a mart that is wrong then."""

    claim: str
    model: str
    right: str
    wrong: str
    table: str


BUGS = (
    Bug(
        "session: a gap of exactly the timeout goes on", "intermediate/int_events",
        "or occurred_at >= {{ add_seconds('previous_at'", "or occurred_at > {{ add_seconds('previous_at'",
        "fct_sessions",
    ),
    Bug(
        "session: who signed in with the run's first event is forgotten", "intermediate/int_events",
        "previous_user_at >= run_started_at and previous_user_id <> user_id",
        "previous_user_at > run_started_at and previous_user_id <> user_id", "fct_sessions",
    ),
    Bug(
        "visit: only the session before is looked at, not the latest end so far", "intermediate/int_visit_sessions",
        "max(sessions.ended_at) over before as latest_ended_at",
        "lag(sessions.ended_at) over in_order as latest_ended_at", "fct_visits",
    ),
    Bug(
        "path: equal neighbours are numbered before they collapse", "intermediate/int_visit_events",
        "is_interaction and previous_module is distinct from module", "is_interaction", "fct_path_steps",
    ),
    Bug(
        "content: openings exactly 2 s apart are two views", "intermediate/int_content_views",
        "occurred_at > {{ add_seconds('previous_viewed_at', 2) }}",
        "occurred_at >= {{ add_seconds('previous_viewed_at', 2) }}", "fct_content_views",
    ),
    Bug(
        "content: a heartbeat in another visit still prolongs the view", "intermediate/int_content_views",
        "kind = 'heartbeat' and visit_id = opening_visit_id", "kind = 'heartbeat'", "fct_content_views",
    ),
    Bug(
        "increment: nobody is touched by an event that is taken back", "intermediate/int_actor_spans",
        "from {{ source('lake', 'events_removed') }} as event",
        "from (select * from {{ source('lake', 'events_removed') }} limit 0) as event", "fct_events",
    ),
    Bug(
        "increment: dates by the clock before a change of time zone are forgotten", "intermediate/int_actor_dates",
        "    union\n    select workspace_id, timezone from {{ source('state', 'workspaces') }}\n", "\n",
        "fct_user_daily",
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=[bug.claim for bug in BUGS])
def test_a_planted_bug_is_found(bug: Bug, tmp_path: Path) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT, project)
    model = project / "models" / f"{bug.model}.sql"
    text = model.read_text(encoding="utf-8")
    assert bug.right in text, f"{bug.model} reads otherwise now: plant this bug anew"
    model.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")
    for number in range(3):
        batch, plan = draw_batch(300, number)
        failures = run_batch(tmp_path / str(number), batch, plan, project)
        if failures:
            break
    assert bug.table in {failure.difference.table for failure in failures}

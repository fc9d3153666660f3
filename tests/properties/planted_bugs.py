"""Do the property tests see anything? Bugs planted in a copy of the models, each of which they have to find.

Not part of the suite, since each bug builds the models again: ``make bugs`` (minutes). docs/testing.md says what was
found. The same histories and plans have to hold for the models as they are (``test_every_delivery``), so what fails
here fails by the bug.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from footfall.transform.dbt_args import PROJECT
from tests.support.batches import BATCH, draw_batch, run_batch

BATCHES = 3


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
        "session: a run is never cut at 24 h", "intermediate/int_events",
        "{{ days_between('run_started_at', 'occurred_at') }}", "0", "fct_sessions",
    ),
    Bug(
        "session: equal times are not put in order by message", "intermediate/int_events",
        "order by events.occurred_at, events.message_id\n        ),",
        "order by events.occurred_at, events.message_id desc\n        ),", "fct_sessions",
    ),
    Bug(
        "session: signed-out events stay a guest's", "intermediate/int_visit_events",
        "sessions.actor_id, sessions.user_id,",
        "coalesce(event.user_id, 'device:' || event.device_id) as actor_id,\n        event.user_id,", "fct_events",
    ),
    Bug(
        "visit: only the session before is looked at, not the latest end so far", "intermediate/int_visit_sessions",
        "max(ended_at) over before as latest_ended_at",
        "lag(ended_at) over in_order as latest_ended_at", "fct_visits",
    ),
    Bug(
        "visit: a run is cut at midnight, not every 24 h from its start", "intermediate/int_visit_sessions",
        "or {{ days_between('run_started_at', 'started_at') }}\n"
        "        <> {{ days_between('run_started_at', 'previous_started_at') }}",
        "or cast(started_at as date) <> cast(previous_started_at as date)", "fct_visits",
    ),
    Bug(
        "visit: heartbeats alone are counted", "intermediate/int_visits",
        "sessions.interactions > 0 as is_counted", "sessions.events > 0 as is_counted", "fct_visits",
    ),
    Bug(
        "path: equal neighbours are numbered before they collapse", "intermediate/int_visit_steps",
        "is_interaction and previous_module_item is distinct from module_item", "is_interaction", "fct_path_steps",
    ),
    Bug(
        "path: what follows step 10 is not looked at", "intermediate/int_path_steps",
        "where content_step between 1 and 11", "where content_step between 1 and 10", "fct_path_steps",
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
        "content: unknown seconds are 0", "intermediate/int_content_views",
        "        else {{ ms_as_seconds(ms_between('viewed.viewed_at', 'viewed.left_at')) }}",
        "        else coalesce({{ ms_as_seconds(ms_between('viewed.viewed_at', 'viewed.left_at')) }}, 0)",
        "fct_content_views",
    ),
    Bug(
        "daily: dates are UTC's", "intermediate/int_visit_events",
        "cast({{ local_time('event.occurred_at', 'settings.timezone') }} as date)",
        "cast(event.occurred_at as date)", "fct_user_daily",
    ),
    Bug(
        "meetings: a reschedule is no change", "marts/fct_meeting_history",
        "where is_first or is_status_change or is_moved", "where is_first or is_status_change", "fct_meeting_history",
    ),
    Bug(
        "who counts: facts hold people outside the target groups", "../macros/who_counts",
        "(settings.counts_guests or coalesce(participant.is_targeted, false))", "true", "fct_visits",
    ),
    Bug(
        "who counts: what such people do outside sessions stays", "intermediate/int_timed_events",
        "where not event.is_keep_alive and {{ in_facts() }}", "where not event.is_keep_alive", "fct_events",
    ),
    Bug(
        "increment: somebody who counts now, or no longer, is not touched", "intermediate/int_actor_spans",
        "where now_.is_targeted <> before.is_targeted", "where false", "agg_workspace_daily",
    ),
    Bug(
        "increment: a workspace with target groups now, or no longer, is not touched", "intermediate/int_actor_spans",
        "and workspace.has_other_people", "and false", "fct_visits",
    ),
    Bug(
        "increment: nobody is touched by an event that is taken back", "intermediate/int_actor_spans",
        "from {{ source('lake', 'events_removed') }} as event",
        "from (select * from {{ source('lake', 'events_removed') }} limit 0) as event", "fct_events",
    ),
    Bug(
        "increment: somebody whose only events are taken back stays", "intermediate/int_changed_utc_dates",
        "from {{ source('lake', 'events_removed') }}",
        "from (select * from {{ source('lake', 'events_removed') }} limit 0) as removed", "dim_participants",
    ),
    Bug(
        "increment: spans that come nearer than the timeout do not merge", "../macros/merged_spans",
        "{{ add_seconds('changed.to_at', 'settings.visit_timeout_seconds') }} as until_at",
        "changed.to_at as until_at", "fct_sessions",
    ),
    Bug(
        "increment: dates by the clock before a change of time zone are forgotten",
        "intermediate/int_changed_actor_dates",
        "    union\n    select workspace_id, timezone from {{ source('state', 'workspaces') }}\n", "\n",
        "fct_user_daily",
    ),
    Bug(
        "unique users: the date before is of the person, not of person and key", "intermediate/int_user_days",
        "partition by workspace_id, dimension, key, key_kind, actor_id",
        "partition by workspace_id, dimension, actor_id",
        "agg_unique_users",
    ),
    Bug(
        "unique users: test accounts are counted", "../macros/user_days",
        "where participant.is_targeted and", "where fact.user_id is not null and", "agg_unique_users",
    ),
    Bug(
        "unique users: a visit of heartbeats alone makes an active user", "../macros/user_days",
        " and fact.visits > 0", "", "agg_unique_users",
    ),
    Bug(
        "unique users: the date after a late one keeps the date before it", "intermediate/int_user_days",
        "where is_written or (is_later and previous_local_date is distinct from known_previous)", "where is_written",
        "agg_unique_users",
    ),
    Bug(
        "unique users: cells of the date after a late one are not counted again",
        "intermediate/int_changed_user_dates",
        "build_no > (select built_no from {{ source('lake', 'build') }})", "false", "agg_unique_users",
    ),
)


def plant(bug: Bug, project: Path) -> Path:
    """Copy the dbt project to ``project`` with the bug in it."""
    shutil.copytree(PROJECT, project)
    model = (project / "models" / f"{bug.model}.sql").resolve()
    text = model.read_text(encoding="utf-8")
    assert text.count(bug.right) == 1, f"{bug.model} has other text now: plant this bug again"
    model.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")
    return project


@pytest.mark.parametrize("bug", BUGS, ids=[bug.claim for bug in BUGS])
def test_a_planted_bug_is_found(bug: Bug, tmp_path: Path) -> None:
    project = plant(bug, tmp_path / "dbt_project")
    for number in range(BATCHES):
        batch, plan = draw_batch(BATCH, number)
        try:
            failures = run_batch(tmp_path / str(number), batch, plan, project)
        except AssertionError as refused:
            # A contract finds it before any comparison can.
            assert "Constraint Error" in str(refused) and bug.table in str(refused), refused
            print(f"\n{bug.claim} | histories up to {(number + 1) * BATCH} | refused by the contract of {bug.table}")
            return
        if failures:
            break
    names = sorted({failure.difference.workspace_id for failure in failures} & batch.keys())
    tables = sorted({failure.difference.table for failure in failures})
    if names:
        drawn = number * BATCH + [*batch].index(names[0]) + 1
        print(f"\n{bug.claim} | history {drawn} | {len(names)} of {BATCH} | {failures[0].step} | {', '.join(tables)}")
    assert bug.table in tables

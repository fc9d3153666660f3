-- This build's sessions with the visit they belong to. A visit starts where a session starts `timeout` or more after
-- the person's latest end so far, on any device, and every 24 h of such a run, counted from its first start.
-- Only of people who count.

with sessions as (

    select session.*, settings.visit_timeout_seconds, settings.timezone
    from {{ ref('int_sessions') }} as session
    inner join {{ ref('int_workspaces') }} as settings on session.workspace_id = settings.workspace_id
    {{ join_participant('session') }}
    {% if is_scoped() %}
    inner join {{ spans('actor') }} as span
        on session.workspace_id = span.workspace_id
        and session.actor_id = span.actor_id
        and session.started_at between span.from_at and span.to_at
    {% endif %}
    where {{ in_facts() }} and {{ within_scope_bounds('session.started_at', 'actor') }}

),

previous_sessions as (

    select
        *,
        lag(started_at) over in_order as previous_started_at,
        max(ended_at) over before as latest_ended_at
    from sessions
    window
        in_order as (partition by workspace_id, actor_id order by started_at, first_message_id),
        before as (
            partition by workspace_id, actor_id
            order by started_at, first_message_id
            rows between unbounded preceding and 1 preceding
        )

),

run_starts as (

    select
        *,
        latest_ended_at is null
        or started_at >= {{ add_seconds('latest_ended_at', 'visit_timeout_seconds') }} as is_run_start
    from previous_sessions

),

runs as (

    select
        *,
        {{ last_known('case when is_run_start then started_at end') }} over (
            partition by workspace_id, actor_id
            order by started_at, first_message_id
            rows between unbounded preceding and current row
        ) as run_started_at
    from run_starts

),

visit_starts as (

    select
        *,
        previous_started_at is null
        or previous_started_at < run_started_at
        or {{ days_between('run_started_at', 'started_at') }}
        <> {{ days_between('run_started_at', 'previous_started_at') }} as is_visit_start
    from runs

)

select
    session_id, workspace_id, device_id, user_id, actor_id, first_message_id, os, started_at, ended_at, events,
    interactions, elapsed_seconds, engaged_seconds, timezone,
    {{ last_known(
        'case when is_visit_start then ' ~ id_of(['workspace_id', 'actor_id', 'first_message_id']) ~ ' end'
    ) }} over (
        partition by workspace_id, actor_id
        order by started_at, first_message_id
        rows between unbounded preceding and current row
    ) as visit_id
from visit_starts

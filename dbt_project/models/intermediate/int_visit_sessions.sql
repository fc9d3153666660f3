-- This build's sessions with the visit they belong to. A visit starts where a session starts `timeout` or more after
-- the person's latest end so far, on any device, and every 24 h of such a run, counted from its first start.
-- Of people whom facts do not hold there are none.

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

looked_back as (

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

runs as (

    select
        *,
        last_value(
            case
                when
                    latest_ended_at is null
                    or started_at >= {{ add_seconds('latest_ended_at', 'visit_timeout_seconds') }}
                    then started_at
            end ignore nulls
        ) over (
            partition by workspace_id, actor_id
            order by started_at, first_message_id
            rows between unbounded preceding and current row
        ) as run_started_at
    from looked_back

),

cuts as (

    select
        *,
        previous_started_at is null
        or previous_started_at < run_started_at
        or {{ ms_between('run_started_at', 'started_at') }} // 86400000
        <> {{ ms_between('run_started_at', 'previous_started_at') }} // 86400000 as is_visit_start
    from runs

)

select
    session_id, workspace_id, device_id, user_id, actor_id, first_message_id, os, started_at, ended_at, events,
    interactions, elapsed_seconds, engaged_seconds, timezone,
    last_value(
        case when is_visit_start then {{ id_of(['workspace_id', 'actor_id', 'first_message_id']) }} end ignore nulls
    ) over (
        partition by workspace_id, actor_id
        order by started_at, first_message_id
        rows between unbounded preceding and current row
    ) as visit_id
from cuts

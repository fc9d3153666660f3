-- Accepted events with the device session they belong to (null for kinds that open none). A session starts at the
-- first event, after `timeout` or more of silence, where another user signs in on the run, and every 24 h of the run,
-- counted from its first event (definitions, Sessions and visits).
-- Reads itself: in this build's device spans sessions are cut again from accepted and newly loaded events.
{{ config(materialized='scoped', replaces={'older_in_spans': 'device', 'time': 'occurred_at'}) }}

{%- set newly_loaded_and_accepted -%}
select
    workspace_id, message_id, device_id, user_id, occurred_at, load_date, seq, event, kind, module, module_kind,
    action, content_type, content_id, content_title, duration_seconds, query, results, os, is_keep_alive,
    is_interaction
from {{ ref('stg_lake__events') }}

{% if is_scoped() %}
union all

select
    accepted.workspace_id, accepted.message_id, accepted.device_id, accepted.user_id, accepted.occurred_at,
    accepted.load_date, accepted.seq, accepted.event, accepted.kind, accepted.module, accepted.module_kind,
    accepted.action, accepted.content_type, accepted.content_id, accepted.content_title, accepted.duration_seconds,
    accepted.query, accepted.results, accepted.os, accepted.is_keep_alive, accepted.is_interaction
from {{ this }} as accepted
inner join {{ spans('device') }} as span
    on accepted.workspace_id = span.workspace_id
    and accepted.device_id = span.device_id
    and accepted.occurred_at between span.from_at and span.to_at
-- rows of a build that did not finish come again from the lake
where
    accepted.seq <= (select since_seq from {{ source('lake', 'build') }})
    and {{ within_scope_bounds('accepted.occurred_at', 'device') }}
    and not exists (
        select 1
        from {{ source('lake', 'events_removed') }} as removed
        where removed.workspace_id = accepted.workspace_id and removed.message_id = accepted.message_id
    )
{% endif %}
{%- endset -%}

-- Only what puts the events of a device in order is sorted, and joined to the rest of their columns in the end. Twice a
-- subquery and not a CTE, of which DuckDB would keep all columns in memory.
with previous_events as (

    select
        events.workspace_id, events.message_id, events.device_id, events.user_id, events.occurred_at,
        settings.visit_timeout_seconds,
        lag(events.occurred_at) over in_order as previous_at,
        {{ last_known('events.user_id') }} over before as previous_user_id,
        {{ last_known('case when events.user_id is not null then events.occurred_at end') }} over before
            as previous_user_at
    from ({{ newly_loaded_and_accepted }}) as events
    inner join {{ ref('int_workspaces') }} as settings on events.workspace_id = settings.workspace_id
    where events.is_keep_alive
    window
        in_order as (
            partition by events.workspace_id, events.device_id
            order by events.occurred_at, events.message_id
        ),
        before as (
            partition by events.workspace_id, events.device_id
            order by events.occurred_at, events.message_id
            rows between unbounded preceding and 1 preceding
        )

),

run_starts as (

    select
        *,
        previous_at is null
        or occurred_at >= {{ add_seconds('previous_at', 'visit_timeout_seconds') }} as is_run_start
    from previous_events

),

runs as (

    select
        *,
        {{ last_known('case when is_run_start then occurred_at end') }} over (
            partition by workspace_id, device_id
            order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as run_started_at
    from run_starts

),

session_starts as (

    select
        workspace_id, message_id, device_id, occurred_at, previous_at,
        previous_at is null
        or previous_at < run_started_at
        or coalesce(previous_user_at >= run_started_at and previous_user_id <> user_id, false)
        or {{ days_between('run_started_at', 'occurred_at') }}
        <> {{ days_between('run_started_at', 'previous_at') }} as is_session_start
    from runs

),

in_sessions as (

    select
        workspace_id, message_id, is_session_start,
        case when not is_session_start then {{ ms_between('previous_at', 'occurred_at') }} end as ms_since_previous,
        {{ last_known(
            'case when is_session_start then ' ~ id_of(['workspace_id', 'device_id', 'message_id']) ~ ' end'
        ) }} over (
            partition by workspace_id, device_id
            order by occurred_at, message_id
            rows between unbounded preceding and current row
        ) as session_id
    from session_starts

)

select
    events.*,
    coalesce(in_sessions.is_session_start, false) as is_session_start,
    in_sessions.ms_since_previous,
    in_sessions.session_id,
    {{ build_no() }} as build_no
from ({{ newly_loaded_and_accepted }}) as events
left join in_sessions
    on events.workspace_id = in_sessions.workspace_id and events.message_id = in_sessions.message_id

-- This build's visits with what happened in them.

with sessions as (

    select
        visit_id, workspace_id, actor_id, max(user_id) as user_id, max(timezone) as timezone,
        min(started_at) as started_at, max(ended_at) as ended_at, count(*) as sessions, sum(events) as events,
        sum(interactions) as interactions
    from {{ ref('int_visit_sessions') }}
    group by visit_id, workspace_id, actor_id

),

events as (

    select
        visit_id,
        sum(engaged_seconds) as engaged_seconds,
        {{ first_by('module', ['occurred_at', 'message_id'], 'is_interaction') }} as entry_module,
        {{ first_by('module_kind', ['occurred_at', 'message_id'], 'is_interaction') }} as entry_module_kind,
        {{ last_by('module', ['occurred_at', 'message_id'], 'is_interaction') }} as exit_module,
        {{ last_by('module_kind', ['occurred_at', 'message_id'], 'is_interaction') }} as exit_module_kind
    from {{ ref('fct_events') }}
    where visit_id in (select visit_id from sessions) and {{ within_scope_bounds('occurred_at', 'actor') }}
    group by visit_id

)

select
    sessions.visit_id,
    sessions.workspace_id,
    sessions.actor_id,
    sessions.user_id,
    sessions.user_id is null as is_guest,
    sessions.interactions > 0 as is_counted,
    sessions.events = 1 as is_single_event,
    sessions.started_at,
    sessions.ended_at,
    cast({{ local_time('sessions.started_at', 'sessions.timezone') }} as date) as local_date,
    sessions.sessions,
    cast(sessions.events as bigint) as events,
    cast(sessions.interactions as bigint) as interactions,
    {{ ms_as_seconds(ms_between('sessions.started_at', 'sessions.ended_at')) }} as elapsed_seconds,
    cast(events.engaged_seconds as decimal(18, 3)) as engaged_seconds,
    events.entry_module,
    events.entry_module_kind,
    events.exit_module,
    events.exit_module_kind
from sessions
inner join events on sessions.visit_id = events.visit_id

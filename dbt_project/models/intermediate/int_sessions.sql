-- What one device did in one go. Signed-out events belong to the user who signs in within the session.
{{ config(materialized='scoped', replaces={'spans': 'device', 'time': 'started_at'}) }}

with events as (

    select event.*
    from {{ ref('int_events') }} as event
    {% if is_scoped() %}
    -- this build wrote exactly the events of its device spans
    where event.build_no = {{ build_no() }} and {{ within_scope_bounds('event.occurred_at', 'device') }}
    {% endif %}

)

select
    events.session_id,
    events.workspace_id,
    events.device_id,
    max(events.user_id) as user_id,
    coalesce(max(events.user_id), 'device:' || events.device_id) as actor_id,
    max(case when events.is_session_start then events.message_id end) as first_message_id,
    -- one device, one os: that of the first event, or where it shows none, one that the others show, a browser first
    coalesce(
        max(case when events.is_session_start and events.os not in ('other', 'unknown') then events.os end),
        max(case when events.os = 'web' then events.os end),
        max(case when events.os not in ('other', 'unknown') then events.os end),
        max(case when events.os = 'other' then events.os end),
        'unknown'
    ) as os,
    min(events.occurred_at) as started_at,
    max(events.occurred_at) as ended_at,
    count(*) as events,
    count(case when events.is_interaction then 1 end) as interactions,
    {{ ms_as_seconds(ms_between('min(events.occurred_at)', 'max(events.occurred_at)')) }} as elapsed_seconds,
    {{ ms_as_seconds(
        'sum(case when events.ms_since_previous > cast(settings.idle_cap_seconds as bigint) * 1000'
        ~ ' then cast(settings.idle_cap_seconds as bigint) * 1000'
        ~ ' else coalesce(events.ms_since_previous, 0) end)'
    ) }} as engaged_seconds
from events
inner join {{ ref('int_workspaces') }} as settings on events.workspace_id = settings.workspace_id
where events.is_keep_alive
group by events.session_id, events.workspace_id, events.device_id

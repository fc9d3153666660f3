-- This build's events of every kind with the time to the next event of the person's visit: the rows of fct_events. The
-- events of all devices of a person are in one order. Only keys are sorted, and joined to the rest of the columns.
{{ config(materialized=unwritten()) }}

with settings as (

    select * from {{ ref('int_workspaces') }}

),

next_events as (

    select
        workspace_id, message_id,
        lead(occurred_at) over (partition by visit_id order by occurred_at, message_id) as next_at
    from {{ ref('int_visit_events') }}

),

-- Kinds that open no session belong to no session and no visit.
outside_sessions as (

    select
        event.workspace_id, event.message_id,
        coalesce(event.user_id, 'device:' || event.device_id) as actor_id,
        event.user_id, event.device_id, event.os, event.occurred_at, event.load_date, event.event, event.kind,
        event.module, event.module_kind, event.action, event.content_type, event.content_id, event.is_interaction,
        event.is_keep_alive,
        cast({{ local_time('event.occurred_at', 'settings.timezone') }} as date) as local_date,
        cast(extract(hour from {{ local_time('event.occurred_at', 'settings.timezone') }}) as integer) as local_hour
    from {{ ref('int_events') }} as event
    inner join settings on event.workspace_id = settings.workspace_id
    {{ join_participant('event') }}
    {% if is_scoped() %}
    inner join {{ spans('actor') }} as span
        on event.workspace_id = span.workspace_id
        and coalesce(event.user_id, 'device:' || event.device_id) = span.actor_id
        and event.occurred_at between span.from_at and span.to_at
    {% endif %}
    where not event.is_keep_alive and {{ in_facts() }} and {{ within_scope_bounds('event.occurred_at', 'actor') }}

),

all_events as (

    select
        event.workspace_id, event.message_id, event.session_id, event.visit_id, event.actor_id, event.user_id,
        event.device_id, event.os, event.occurred_at, event.load_date, event.event, event.kind, event.module,
        event.module_kind, event.action, event.content_type, event.content_id, event.is_interaction,
        event.is_keep_alive, event.local_date, event.local_hour,
        {{ ms_between('event.occurred_at', 'next_events.next_at') }} as ms_to_next
    from {{ ref('int_visit_events') }} as event
    inner join next_events
        on event.workspace_id = next_events.workspace_id and event.message_id = next_events.message_id

    union all

    select
        workspace_id, message_id, null as session_id, null as visit_id, actor_id, user_id, device_id, os, occurred_at,
        load_date, event, kind, module, module_kind, action, content_type, content_id, is_interaction, is_keep_alive,
        local_date, local_hour, null as ms_to_next
    from outside_sessions

)

select
    together.*,
    {{ ms_as_seconds('together.ms_to_next') }} as seconds_to_next,
    case
        when together.visit_id is null then null
        when together.ms_to_next > cast(settings.idle_cap_seconds as bigint) * 1000
            then {{ ms_as_seconds('cast(settings.idle_cap_seconds as bigint) * 1000') }}
        else {{ ms_as_seconds('coalesce(together.ms_to_next, 0)') }}
    end as engaged_seconds
from all_events as together
inner join settings on together.workspace_id = settings.workspace_id

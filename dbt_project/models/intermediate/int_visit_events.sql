-- This build's events with session, visit and person, and what follows from the events before and after them in the
-- visit: the working table from which every fact is rebuilt. The events of all devices of a person are in one order.

with sessions as (

    select * from {{ ref('int_visit_sessions') }}

),

settings as (

    select * from {{ ref('int_workspaces') }}

),

session_events as (

    select
        event.workspace_id, event.message_id, event.session_id, sessions.visit_id, sessions.actor_id,
        sessions.user_id, event.device_id,
        -- a browser's event without a page is the browser's too
        case when event.os in ('other', 'unknown') then sessions.os else event.os end as os,
        event.occurred_at, event.load_date, event.event, event.kind,
        event.module, event.module_kind, event.action, event.content_type, event.content_id, event.duration_seconds,
        event.query, event.results, event.is_interaction, event.is_keep_alive
    from {{ ref('int_events') }} as event
    inner join sessions on event.session_id = sessions.session_id
    where event.is_keep_alive and {{ within_scope_bounds('event.occurred_at', 'actor') }}

),

neighbours as (

    select
        *,
        lead(occurred_at) over in_visit as next_at,
        -- the next event opens the same item again within 2 s: the same view (definitions, Content)
        coalesce(
            lead(kind) over in_visit = 'view'
            and lead(content_type) over in_visit = content_type
            and lead(content_id) over in_visit = content_id
            and lead(occurred_at) over in_visit <= {{ add_seconds('occurred_at', 2) }},
            false
        ) as is_reopened_next,
        {{ last_known('case when is_interaction then ' ~ path_module() ~ ' end') }} over before as previous_module,
        {{ last_known('case when is_interaction then ' ~ path_item() ~ ' end') }} over before as previous_item
    from session_events
    window
        in_visit as (partition by visit_id order by occurred_at, message_id),
        before as (
            partition by visit_id
            order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding
        )

),

stepped as (

    select
        *,
        {{ ms_between('occurred_at', 'next_at') }} as ms_to_next,
        -- consecutive equal items are one step (definitions, Paths); 0 before the first interaction
        sum(case when is_interaction and previous_module is distinct from {{ path_module() }} then 1 else 0 end)
            over so_far as module_step,
        sum(case when is_interaction and previous_item is distinct from {{ path_item() }} then 1 else 0 end)
            over so_far as content_step
    from neighbours
    window so_far as (
        partition by visit_id
        order by occurred_at, message_id
        rows between unbounded preceding and current row
    )

),

-- Kinds that open no session belong to no session and no visit.
outside_sessions as (

    select
        event.workspace_id, event.message_id, null as session_id, null as visit_id,
        coalesce(event.user_id, 'device:' || event.device_id) as actor_id,
        event.user_id, event.device_id, event.os, event.occurred_at, event.load_date, event.event, event.kind,
        event.module, event.module_kind, event.action, event.content_type, event.content_id, event.duration_seconds,
        event.query, event.results, event.is_interaction, event.is_keep_alive, null as next_at,
        null as is_reopened_next, null as ms_to_next, null as module_step, null as content_step
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
        workspace_id, message_id, session_id, visit_id, actor_id, user_id, device_id, os, occurred_at, load_date, event,
        kind, module, module_kind, action, content_type, content_id, duration_seconds, query, results, is_interaction,
        is_keep_alive, next_at, is_reopened_next, ms_to_next, module_step, content_step
    from stepped
    union all
    select * from outside_sessions

)

select
    together.*,
    {{ ms_as_seconds('together.ms_to_next') }} as seconds_to_next,
    case
        when together.visit_id is null then null
        when together.ms_to_next > cast(settings.idle_cap_seconds as bigint) * 1000
            then {{ ms_as_seconds('cast(settings.idle_cap_seconds as bigint) * 1000') }}
        else {{ ms_as_seconds('coalesce(together.ms_to_next, 0)') }}
    end as engaged_seconds,
    cast({{ local_time('together.occurred_at', 'settings.timezone') }} as date) as local_date,
    cast(extract(hour from {{ local_time('together.occurred_at', 'settings.timezone') }}) as integer) as local_hour
from all_events as together
inner join settings on together.workspace_id = settings.workspace_id

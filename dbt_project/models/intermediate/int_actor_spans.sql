-- Spans of time of a person (or a guest's device), as int_device_spans has them of a device. Whoever had, has or may
-- come to have an event in a device span of this build is touched there: its users, those of removed events, the guest.
{{ config(materialized='scoped', replaces={'older_spans': 'actor'}) }}

with settings as (

    select workspace_id, visit_timeout_seconds from {{ ref('int_workspaces') }}

),

device_spans as (

    select * from {{ spans('device') }} as span

),

users as (

    select distinct span.workspace_id, event.user_id as actor_id, span.from_at, span.to_at
    from {{ ref('int_events') }} as event
    inner join device_spans as span
        on event.workspace_id = span.workspace_id
        and event.device_id = span.device_id
        and event.occurred_at between span.from_at and span.to_at
    where event.user_id is not null and {{ within_scope_bounds('event.occurred_at', 'device') }}

    {% if is_scoped() %}
    union

    select span.workspace_id, event.user_id as actor_id, span.from_at, span.to_at
    from {{ source('lake', 'events_removed') }} as event
    inner join device_spans as span
        on event.workspace_id = span.workspace_id
        and event.device_id = span.device_id
        and event.occurred_at between span.from_at and span.to_at
    where event.user_id is not null
    {% endif %}

),

changed as (

    select workspace_id, actor_id, from_at, to_at from users
    union all
    select workspace_id, 'device:' || device_id as actor_id, from_at, to_at from device_spans

),

touched as (

    select workspace_id, actor_id, from_at, to_at from changed

    {% if is_scoped() %}
    union

    select span.workspace_id, span.actor_id, span.from_at, span.to_at
    from {{ this }} as span
    inner join settings on span.workspace_id = settings.workspace_id
    inner join changed
        on span.workspace_id = changed.workspace_id
        and span.actor_id = changed.actor_id
        and span.from_at < {{ add_seconds('changed.to_at', 'settings.visit_timeout_seconds') }}
        and {{ add_seconds('span.to_at', 'settings.visit_timeout_seconds') }} > changed.from_at
    {% endif %}

),

{{ islands('touched', 'actor') }}

select
    workspace_id,
    actor_id,
    min(from_at) as from_at,
    max(to_at) as to_at,
    {{ build_no() }} as build_no
from islands
group by workspace_id, actor_id, island_no

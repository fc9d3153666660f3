-- Spans of time of an actor, as int_device_spans has them of a device. In a device span of this build an actor can have
-- lost or gained events if it is a user of the span's events, a user of its removed events, or the guest of the device.
-- An actor who counts now but did not before, or the other way round, is rebuilt as a whole.
{{ config(materialized='scoped', in_order_of=['from_at'], replaces={'older_spans': 'actor'}) }}

{%- set changed_people -%}
(
        select now_.workspace_id, now_.user_id
        from {{ ref('int_participants') }} as now_
        inner join {{ source('state', 'participants') }} as before
            on now_.workspace_id = before.workspace_id and now_.user_id = before.user_id
        where now_.is_targeted <> before.is_targeted
    ) as person
{%- endset %}

with device_spans as (

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

    {% if is_scoped() and has_rows(ref('int_changed_workspaces'), 'has_other_people') %}
    union all

    select span.workspace_id, span.actor_id, span.from_at, span.to_at
    from {{ this }} as span
    inner join {{ ref('int_changed_workspaces') }} as workspace
        on span.workspace_id = workspace.workspace_id and workspace.has_other_people
    {% endif %}

    {% if is_scoped() and has_rows(changed_people) %}
    union all

    select span.workspace_id, span.actor_id, span.from_at, span.to_at
    from {{ this }} as span
    inner join {{ changed_people }} on span.workspace_id = person.workspace_id and span.actor_id = person.user_id
    {% endif %}

),

{{ merged_spans('actor') }}

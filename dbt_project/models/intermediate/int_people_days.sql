-- Who made accepted events on which UTC date, and how many: users and workspaces with events are then found without
-- reading all events again.
{{ config(
    materialized='scoped',
    replaces={'dates': 'int_changed_utc_dates', 'keys': ['workspace_id', 'occurred_date']}
) }}

with events as (

    select workspace_id, user_id, cast(occurred_at as date) as occurred_date, is_keep_alive
    from {{ ref('int_events') }}
    where {{ within_changed_utc_dates('occurred_at', 'int_changed_utc_dates') }}

)

select
    events.workspace_id,
    events.user_id,
    events.occurred_date,
    count(*) as events,
    count(case when not events.is_keep_alive then 1 end) as events_outside_sessions
from events
{% if is_scoped() %}
inner join {{ ref('int_changed_utc_dates') }} as touched
    on events.workspace_id = touched.workspace_id and events.occurred_date = touched.occurred_date
{% endif %}
group by events.workspace_id, events.user_id, events.occurred_date

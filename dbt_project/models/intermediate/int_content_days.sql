-- The content items that events name, by UTC date, with the latest title they gave: the latest title of an item is then
-- found without reading all its events again.
{{ config(
    materialized='scoped',
    replaces={
        'dates': 'int_changed_content_days', 'keys': ['workspace_id', 'content_type', 'content_id', 'occurred_date']
    }
) }}

with events as (

    select event.*, cast(event.occurred_at as date) as occurred_date
    from {{ ref('int_events') }} as event
    where event.content_id is not null and event.content_type is not null

)

select
    events.workspace_id,
    events.content_type,
    events.content_id,
    events.occurred_date,
    count(*) as events,
    {{ last_by(
        'events.content_title', ['events.occurred_at', 'events.message_id'], 'events.content_title is not null'
    ) }} as title,
    max(case when events.content_title is not null then events.occurred_at end) as titled_at
from events
{% if is_scoped() %}
inner join {{ ref('int_changed_content_days') }} as touched
    on events.workspace_id = touched.workspace_id
    and events.content_type = touched.content_type
    and events.content_id = touched.content_id
    and events.occurred_date = touched.occurred_date
where {{ within_changed_utc_dates('events.occurred_at', 'int_changed_content_days') }}
{% endif %}
group by events.workspace_id, events.content_type, events.content_id, events.occurred_date

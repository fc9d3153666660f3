-- Content items and UTC dates that added or removed events name. Nothing else can change int_content_days. Empty in a
-- full refresh, which writes everything.

select distinct workspace_id, content_type, content_id, cast(occurred_at as date) as occurred_date
from {{ ref('stg_lake__events') }}
where content_type is not null and content_id is not null {%- if not is_scoped() %} and false {%- endif %}

union

select distinct
    removed.workspace_id,
    coalesce(removed.content_type, catalog.content_type) as content_type,
    removed.content_id,
    cast(removed.occurred_at as date) as occurred_date
from {{ source('lake', 'events_removed') }} as removed
left join {{ ref('event_catalog') }} as catalog on removed.event = catalog.event
where
    removed.content_id is not null
    and coalesce(removed.content_type, catalog.content_type) is not null {%- if not is_scoped() %} and false {% endif %}

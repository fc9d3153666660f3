-- Workspaces and UTC dates of added or removed events. Empty in a full refresh, which writes everything.

select workspace_id, occurred_date
from {{ ref('int_added_device_days') }}
{% if not is_scoped() %}
where false
{% endif %}

union

select workspace_id, cast(occurred_at as date) as occurred_date
from {{ source('lake', 'events_removed') }}
{% if not is_scoped() %}
where false
{% endif %}

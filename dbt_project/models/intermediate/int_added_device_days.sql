-- Devices and UTC dates of newly live events, with the first and the last of them: all that the spans of devices and
-- the list of workspaces need, so that the lake is read once for both.

select
    workspace_id, device_id,
    cast(occurred_at as date) as occurred_date,
    min(occurred_at) as from_at,
    max(occurred_at) as to_at
from {{ source('lake', 'events_added') }}
group by workspace_id, device_id, cast(occurred_at as date)

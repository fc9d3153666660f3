-- Devices that a protected participant used, signed in. Grain: one row per workspace, device.
select distinct
    e.workspace_id,
    e.device_id
from marts.fct_events as e
semi join hidden_users as h on e.workspace_id = h.workspace_id and e.user_id = h.user_id
where e.device_id is not null

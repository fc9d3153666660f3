-- Whose rows are protected: the participants, and guests on their devices, since these are most likely they themselves.
-- Grain: one row per workspace, actor.
select workspace_id, user_id as actor_id
from hidden_users
union
select workspace_id, 'device:' || device_id as actor_id
from hidden_devices

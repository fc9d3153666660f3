-- Actors whose rows are protected: the participants, and guests on their devices, who are most likely the same people.
-- Grain: one row per workspace, actor.
select workspace_id, user_id as actor_id
from hidden_users
union
select workspace_id, 'device:' || device_id as actor_id
from hidden_devices

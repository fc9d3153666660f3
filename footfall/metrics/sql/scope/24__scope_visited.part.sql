-- Users with a counted visit on any day, also where the other relations have some days only.
-- Grain: one row per counted visit of a user.
select v.user_id
from marts.fct_visits as v
where
    v.workspace_id = $workspace
    and v.is_counted
    and v.user_id is not null

-- Everyone who counts in the workspace, with a number; only protected people have it as `person` too, and only they
-- need a group. Parameters: $workspace, $is_full. Grain: one row per actor.
with actors as (
    select user_id as actor_id, user_no from scope_people
    union
    select actor_id, user_no from scope_visits
)

select
    row_number() over (order by a.actor_id)::integer as actor_no,
    case when $is_full or h.actor_id is not null then row_number() over (order by a.actor_id)::integer end as person,
    a.actor_id,
    a.user_no
from actors as a
left join hidden_actors as h on h.workspace_id = $workspace and a.actor_id = h.actor_id

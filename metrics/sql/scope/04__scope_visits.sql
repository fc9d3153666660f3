-- Counted visits of those who count: users in scope_people, and guests where the workspace counts them.
-- Grain: one row per visit.
select
    v.visit_id,
    v.actor_id,
    v.user_id,
    v.is_guest,
    v.is_single_event,
    v.local_date,
    v.ended_at,
    v.interactions,
    v.elapsed_seconds,
    v.engaged_seconds
from marts.fct_visits as v
where
    v.workspace_id = $workspace
    and v.is_counted
    and (
        v.user_id in (select p.user_id from scope_people as p)
        or (v.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

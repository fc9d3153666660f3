-- Counted visits of those who count: users in scope_people, and guests where the workspace counts them.
-- Grain: one row per visit.
select
    row_number() over ()::integer as visit_no,
    v.visit_id,
    v.actor_id,
    p.user_no,
    p.user_no is null as is_guest,
    v.is_single_event,
    v.local_date,
    v.interactions,
    v.elapsed_seconds,
    v.engaged_seconds
from marts.fct_visits as v
left join scope_people as p on v.user_id = p.user_id
where
    v.workspace_id = $workspace
    and v.is_counted
    and (p.user_no is not null or (v.user_id is null and (select w.counts_guests from scope_workspace as w)))

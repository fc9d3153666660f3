-- Deeds with a meaning of their own, of those who count; a check-in may come from a scanner, outside of any visit.
-- Grain: one row per event.
select
    e.actor_id,
    e.user_id,
    e.os,
    e.local_date,
    e.occurred_at,
    e.action,
    e.content_type,
    e.content_id
from marts.fct_events as e
where
    e.workspace_id = $workspace
    and e.action in ('submit', 'link_click', 'booth_visit', 'check_in')
    and (
        e.user_id in (select p.user_id from scope_people as p)
        or (e.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

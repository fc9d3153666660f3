-- Submissions, link clicks, booth visits and check-ins of people who count; a check-in may come from a scanner, outside
-- any visit.
-- Grain: one row per event.
select
    e.actor_id,
    p.user_no,
    e.local_date,
    e.action,
    e.content_type,
    e.content_id,
    c.of_sponsor_id
from marts.fct_events as e
left join scope_people as p on e.user_id = p.user_id
left join scope_content as c on e.content_type = c.content_type and e.content_id = c.content_id
where
    e.workspace_id = $workspace
    and e.action in ('submit', 'link_click', 'booth_visit', 'check_in')
    and (p.user_no is not null or (e.user_id is null and (select w.counts_guests from scope_workspace as w)))

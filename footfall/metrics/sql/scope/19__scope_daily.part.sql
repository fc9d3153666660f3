-- What each person who counts did a day, from the mart: to check the answers against. Grain: one row per actor, date.
select
    p.user_no,
    d.local_date,
    d.visits,
    d.interactions
from marts.fct_user_daily as d
left join scope_people as p on d.user_id = p.user_id
where
    d.workspace_id = $workspace
    and (p.user_no is not null or (d.user_id is null and (select w.counts_guests from scope_workspace as w)))

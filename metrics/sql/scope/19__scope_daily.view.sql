-- What each person who counts did a day, from the mart: to check the answers against. Grain: one row per actor, date.
select
    d.user_id,
    d.local_date,
    d.visits,
    d.interactions
from marts.fct_user_daily as d
where
    d.workspace_id = $workspace
    and (
        d.user_id in (select p.user_id from scope_people as p)
        or (d.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

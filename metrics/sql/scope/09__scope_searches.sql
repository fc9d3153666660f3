-- Searches by those who count. Grain: one row per search.
select
    s.actor_id,
    s.user_id,
    coalesce(s.os, 'unknown') as os,
    s.local_date,
    s.term,
    s.results
from marts.fct_searches as s
where
    s.workspace_id = $workspace
    and (
        s.user_id in (select p.user_id from scope_people as p)
        or (s.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

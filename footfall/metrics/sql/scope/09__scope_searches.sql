-- Searches by those who count. Grain: one row per search.
select
    p.user_no,
    coalesce(s.os, 'unknown') as os,
    s.local_date,
    s.term,
    s.results
from marts.fct_searches as s
left join scope_people as p on s.user_id = p.user_id
where
    s.workspace_id = $workspace
    and (p.user_no is not null or (s.user_id is null and (select w.counts_guests from scope_workspace as w)))

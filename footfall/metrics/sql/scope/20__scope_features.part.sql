-- What each person who counts did with each module, from the mart: to check the answers against.
-- Grain: one row per actor, date, module, os.
select
    p.user_no,
    f.local_date,
    f.interactions
from marts.fct_feature_usage as f
left join scope_people as p on f.user_id = p.user_id
where
    f.workspace_id = $workspace
    and (p.user_no is not null or (f.user_id is null and (select w.counts_guests from scope_workspace as w)))

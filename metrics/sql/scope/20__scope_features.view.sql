-- What each person who counts did with each module, from the mart: to check the answers against.
-- Grain: one row per actor, date, module, os.
select
    f.user_id,
    f.local_date,
    f.interactions
from marts.fct_feature_usage as f
where
    f.workspace_id = $workspace
    and (
        f.user_id in (select p.user_id from scope_people as p)
        or (f.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

-- Openings of content items by those who count. Grain: one row per view.
select
    v.view_id,
    v.actor_id,
    v.user_id,
    v.content_type,
    v.content_id,
    coalesce(v.os, 'unknown') as os,
    v.viewed_at,
    v.local_date,
    v.seconds_viewed
from marts.fct_content_views as v
semi join scope_content as c on v.content_type = c.content_type and v.content_id = c.content_id
where
    v.workspace_id = $workspace
    and (
        v.user_id in (select p.user_id from scope_people as p)
        or (v.user_id is null and (select w.counts_guests from scope_workspace as w))
    )

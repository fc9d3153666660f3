-- Openings of content items by those who count. Grain: one row per view.
select
    v.actor_id,
    p.user_no,
    c.content_no,
    v.content_type,
    v.content_id,
    c.of_sponsor_id,
    coalesce(v.os, 'unknown') as os,
    v.viewed_at,
    v.local_date,
    v.seconds_viewed
from marts.fct_content_views as v
inner join scope_content as c on v.content_type = c.content_type and v.content_id = c.content_id
left join scope_people as p on v.user_id = p.user_id
where
    v.workspace_id = $workspace
    and (p.user_no is not null or (v.user_id is null and (select w.counts_guests from scope_workspace as w)))

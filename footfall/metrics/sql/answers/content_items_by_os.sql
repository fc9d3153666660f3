select
    v.content_type,
    v.content_id,
    any_value(c.title) as title,
    any_value(c.url) as url,
    any_value(c.is_deleted) as is_deleted,
    v.os,
    count(*) as views,
    count(distinct v.user_no) as users,
    coalesce(sum(v.seconds_viewed), 0) as seconds_viewed,
    sum(v.seconds_viewed) / nullif(count(v.seconds_viewed), 0) as average_seconds_viewed,
    count(v.seconds_viewed) / count(*) as known_share
from filtered_views as v
inner join scope_content as c on v.content_type = c.content_type and v.content_id = c.content_id
group by v.content_type, v.content_id, v.os

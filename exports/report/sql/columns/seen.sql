-- Openings of content items. Grain: one row per actor, day, item, os.
select
    a.actor,
    date_diff('day', r.start_date, w.local_date) + 1 as day,
    c.item,
    o.number as os,
    count(*) as n
from scope_views as w
cross join report_range as r
inner join report_actors as a on w.actor_id = a.actor_id and (w.user_no is null) = a.is_guest
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
inner join report_os as o on w.os = o.os
where w.local_date between r.start_date and r.end_date
group by all
order by a.actor, day, c.item, os

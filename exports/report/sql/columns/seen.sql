-- Openings of content items. Grain: one row per actor, day, item, os.
select
    a.actor::integer as actor,
    (date_diff('day', r.start_date, w.local_date) + 1)::integer as day,
    c.item::integer as item,
    o.number::tinyint as os,
    count(*)::integer as n
from scope_views as w
cross join report_range as r
inner join report_actors as a on w.actor_id = a.actor_id and (w.user_no is null) = a.is_guest
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
inner join report_os as o on w.os = o.os
where w.local_date between r.start_date and r.end_date
group by all
order by 1, 2, 3, 4

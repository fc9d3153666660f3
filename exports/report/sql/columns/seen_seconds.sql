-- Seconds viewed, of the openings where they are known. Grain: one row per day, item, os.
select
    date_diff('day', r.start_date, w.local_date) + 1 as day,
    c.item,
    o.number as os,
    count(*) as known,
    sum((w.seconds_viewed * 1000)::bigint)::bigint as ms
from scope_views as w
cross join report_range as r
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
inner join report_os as o on w.os = o.os
where w.local_date between r.start_date and r.end_date and w.seconds_viewed is not null
group by all
order by day, c.item, os

-- Views of content items. `opened` is in microseconds from two days before the report; `ms` are milliseconds viewed,
-- null where unknown. Grain: one row per view.
select
    w.actor_id,
    w.user_no,
    date_diff('day', r.start_date, w.local_date)::integer + 1 as day,
    c.item::integer as item,
    c.content_type,
    o.number::tinyint as os,
    epoch_us(w.viewed_at) - epoch_us(r.start_date::timestamp - interval 2 days) as opened,
    (w.seconds_viewed::decimal(38, 3) * 1000)::bigint as ms
from scope_views as w
cross join report_range as r
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
inner join report_os as o on w.os = o.os
where w.local_date between r.start_date and r.end_date

-- Views of content items. `opened` is in microseconds from two days before the report; `ms` are milliseconds viewed,
-- null where unknown. Grain: one row per view.
select
    coalesce(w.user_no, g.actor_no) as actor_no,
    w.user_no,
    date_diff('day', r.start_date, w.local_date)::integer + 1 as day,
    w.content_no - 1 as item,
    w.content_type,
    o.number::tinyint as os,
    epoch_us(w.viewed_at) - epoch_us(r.start_date::timestamp - interval 2 days) as opened,
    round(w.seconds_viewed::double * 1000)::bigint as ms
from scope_views as w
cross join report_range as r
inner join report_os as o on w.os = o.os
left join report_guests as g on case when w.user_no is null then w.actor_id end = g.actor_id
where w.local_date between r.start_date and r.end_date

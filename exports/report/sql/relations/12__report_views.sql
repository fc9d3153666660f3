-- Views of content items in the range, by number. `opened` is in microseconds from two days before the range; `ms` are
-- milliseconds viewed, null where unknown. Grain: one row per view.
select
    a.actor::integer as actor,
    (date_diff('day', r.start_date, w.local_date) + 1)::integer as day,
    c.item::integer as item,
    c.content_type = 'live_stream' as is_stream,
    o.number::tinyint as os,
    epoch_us(w.viewed_at) - epoch_us(r.start_date::timestamp - interval 2 days) as opened,
    (w.seconds_viewed::decimal(38, 3) * 1000)::bigint as ms
from scope_views as w
cross join report_range as r
inner join report_actors as a on w.actor_id = a.actor_id and (w.user_no is null) = a.is_guest
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
inner join report_os as o on w.os = o.os
where w.local_date between r.start_date and r.end_date

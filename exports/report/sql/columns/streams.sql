-- Openings of live streams, to be put together into audiences; seconds one higher, 0 is unknown. Grain: one row per view.
select
    a.actor,
    date_diff('day', r.start_date, w.local_date) + 1 as day,
    c.item,
    epoch_us(w.viewed_at) - epoch_us(r.start_date::timestamp - interval 2 days) as opened,
    coalesce((w.seconds_viewed * 1000)::bigint + 1, 0) as ms
from scope_views as w
cross join report_range as r
inner join report_actors as a on w.actor_id = a.actor_id and (w.user_no is null) = a.is_guest
inner join report_items as c on w.content_type = c.content_type and w.content_id = c.content_id
where w.local_date between r.start_date and r.end_date and w.content_type = 'live_stream'
order by a.actor, opened, c.item, ms

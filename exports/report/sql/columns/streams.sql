-- Openings of live streams, to be put together into audiences; seconds one higher, 0 is unknown. Grain: one row per view.
select
    s.actor,
    s.day,
    s.item,
    s.opened,
    coalesce(s.ms + 1, 0) as ms
from report_seen as s
where s.is_stream
order by s.actor, s.opened, s.item, ms

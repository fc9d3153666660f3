-- Time with live streams in microseconds: without repeats of the same day, before the start, live, on demand.
-- Grain: one row per item, day.
select
    w.item,
    w.day,
    sum(greatest(0, w.to_us - greatest(w.from_us, coalesce(w.covered_us, 0))))::bigint as once,
    coalesce(sum(least(w.to_us, w.starts_us) - w.from_us) filter (
        where w.has_schedule and w.from_us < w.starts_us
    ), 0)::bigint as waiting,
    coalesce(sum(least(w.to_us, w.ends_us) - greatest(w.from_us, w.starts_us)) filter (
        where w.has_schedule and w.from_us < w.ends_us and (w.to_us > w.starts_us or w.from_us >= w.starts_us)
    ), 0)::bigint as live,
    coalesce(sum(w.to_us - greatest(w.from_us, w.ends_us)) filter (
        where w.has_schedule and (w.to_us > w.ends_us or w.from_us >= w.ends_us)
    ), 0)::bigint as demand
from report_watched as w
group by all
order by w.item, w.day

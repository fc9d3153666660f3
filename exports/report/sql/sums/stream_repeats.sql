-- Microseconds that repeat times of an earlier day: taken off where that day, too, is in the range.
-- Grain: one row per item, day, since.
select
    w.item,
    w.day,
    w.since,
    sum(w.lost_us)::bigint as us
from report_rewatched as w
group by all
having us > 0
order by w.item, w.day, w.since

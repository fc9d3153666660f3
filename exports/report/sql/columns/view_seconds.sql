-- Seconds viewed, of the openings where they are known. Grain: one row per day, item, os.
select
    s.day,
    s.item,
    s.os,
    count(*) as known,
    sum(s.ms)::bigint as ms
from report_views as s
where s.ms is not null
group by all
order by s.day, s.item, s.os

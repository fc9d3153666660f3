-- Interactions of everyone by the hour. Grain: one row per day, hour, os.
select
    u.day,
    u.hour::integer as hour,
    u.os,
    sum(u.interactions)::bigint as n
from report_usage as u
group by all
having n > 0
order by day, hour, os

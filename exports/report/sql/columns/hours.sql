-- Interactions of everyone by the hour. Grain: one row per day, hour, os.
select
    date_diff('day', r.start_date, u.local_date) + 1 as day,
    u.local_hour as hour,
    o.number as os,
    sum(u.interactions)::bigint as n
from scope_usage as u
cross join report_range as r
inner join report_os as o on u.os = o.os
where u.local_date between r.start_date and r.end_date
group by all
having n > 0
order by day, hour, os

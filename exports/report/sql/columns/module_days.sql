-- Usage that can be added up over visits. Grain: one row per day, module, os.
select
    date_diff('day', r.start_date, u.local_date) + 1 as day,
    m.number as module,
    o.number as os,
    sum(u.interactions)::bigint as n,
    sum(u.views)::bigint as views,
    sum((u.engaged_seconds::decimal(38, 3) * 1000)::bigint)::bigint as engaged
from scope_usage as u
cross join report_range as r
inner join report_modules as m on u.module = m.module and u.module_kind = m.module_kind
inner join report_os as o on u.os = o.os
where u.local_date between r.start_date and r.end_date
group by all
order by day, module, os

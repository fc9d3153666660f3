-- Usage of modules. Grain: one row per module, day.
select
    u.module,
    u.day,
    sum(u.interactions)::bigint as n,
    sum(u.views)::bigint as views,
    sum(u.engaged_ms)::bigint as engaged
from report_usage as u
group by all
order by module, day

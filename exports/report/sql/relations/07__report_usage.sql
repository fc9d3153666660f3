-- What happened in visits, by numbered day, module and os. Days are 1 for the first of the report, here and below.
-- Grain: one row per visit, day, hour, module, os.
select
    date_diff('day', r.start_date, u.local_date)::integer + 1 as day,
    u.local_hour as hour,
    u.visit_no,
    u.user_no,
    m.number::integer as module,
    o.number::tinyint as os,
    u.interactions,
    u.views,
    round(u.engaged_seconds::double * 1000)::bigint as engaged_ms,
    u.last_at
from scope_usage as u
cross join report_range as r
inner join report_modules as m on u.module = m.module and u.module_kind = m.module_kind
inner join report_os as o on u.os = o.os
where u.local_date between r.start_date and r.end_date

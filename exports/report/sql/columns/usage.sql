-- Interactions of a visit by module and os on each of its days (shift: days after the date on which it starts).
-- Engaged seconds are used by the pages of single users. Grain: one row per visit, shift, module, os.
select
    v.visit::integer as visit,
    v.actor::integer as actor,
    (date_diff('day', r.start_date, u.local_date) + 1 - v.day)::integer as shift,
    m.number::integer as module,
    o.number::tinyint as os,
    sum(u.interactions)::integer as n,
    sum((u.engaged_seconds::decimal(38, 3) * 1000)::bigint)::bigint as engaged
from scope_usage as u
cross join report_range as r
inner join report_numbered_visits as v on u.visit_no = v.visit_no
inner join report_modules as m on u.module = m.module and u.module_kind = m.module_kind
inner join report_os as o on u.os = o.os
where u.local_date between r.start_date and r.end_date
group by all
order by 1, 3, 4, 5

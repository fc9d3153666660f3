-- Interactions and engaged milliseconds of their visits by module and os on each day (shift: days after the visit's
-- own). Grain: one row per visit, shift, module, os.
select
    v.visit,
    u.day - v.day as shift,
    u.module,
    u.os,
    sum(u.interactions)::integer as n,
    sum(u.engaged_ms)::bigint as engaged
from report_usage as u
inner join report_own_visits as v on u.visit_no = v.visit_no
group by all
order by 1, 2, 3, 4

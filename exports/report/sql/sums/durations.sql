-- Durations of users' visits, for quantiles: nothing says whose they are. Grain: one row per visit, in order.
select
    v.day,
    v.elapsed_ms as ms
from report_visits as v
where not v.is_guest
order by v.day, v.elapsed_ms

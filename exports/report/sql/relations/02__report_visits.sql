-- Visits that start in the range, and visits that started before it and continue in it (day 0: counted by features
-- only). Days are 1 for the first of the range. Grain: one row per visit.
with touching as (
    select distinct u.visit_no
    from scope_usage as u
    cross join report_range as r
    where u.local_date between r.start_date and r.end_date
)

select
    v.visit_no,
    v.visit_id,
    v.actor_id,
    v.is_guest,
    v.interactions,
    v.is_single_event,
    greatest(0, date_diff('day', r.start_date, v.local_date) + 1) as day,
    (v.elapsed_seconds::decimal(38, 3) * 1000)::bigint as elapsed_ms,
    (v.engaged_seconds::decimal(38, 3) * 1000)::bigint as engaged_ms
from scope_visits as v
cross join report_range as r
where
    v.local_date between r.start_date and r.end_date
    or (v.local_date < r.start_date and v.visit_no in (select t.visit_no from touching as t))

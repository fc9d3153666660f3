-- Visits that start in the report. Grain: one row per visit.
select
    date_diff('day', r.start_date, v.local_date)::integer + 1 as day,
    v.visit_no,
    v.visit_id,
    v.actor_id,
    v.user_no,
    v.is_guest,
    v.interactions,
    v.is_single_event,
    (v.elapsed_seconds::decimal(38, 3) * 1000)::bigint as elapsed_ms,
    (v.engaged_seconds::decimal(38, 3) * 1000)::bigint as engaged_ms
from scope_visits as v
cross join report_range as r
where v.local_date between r.start_date and r.end_date

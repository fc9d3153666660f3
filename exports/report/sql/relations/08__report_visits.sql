-- Visits that start in the report. Grain: one row per visit.
select
    date_diff('day', r.start_date, v.local_date)::integer + 1 as day,
    v.visit_no,
    v.visit_id,
    coalesce(v.user_no, g.actor_no) as actor_no,
    v.user_no,
    v.is_guest,
    v.interactions,
    v.is_single_event,
    round(v.elapsed_seconds::double * 1000)::bigint as elapsed_ms,
    round(v.engaged_seconds::double * 1000)::bigint as engaged_ms
from scope_visits as v
cross join report_range as r
left join report_guests as g on case when v.user_no is null then v.actor_id end = g.actor_id
where v.local_date between r.start_date and r.end_date

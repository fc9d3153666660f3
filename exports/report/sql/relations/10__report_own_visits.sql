-- Visits of users who have a page, by number: those that start in the report, and those that continue into it from the
-- day before (day 0: counted by features only). Grain: one row per visit.
select
    p.person,
    v.visit_no,
    v.visit_id,
    v.interactions,
    v.is_single_event,
    greatest(0, date_diff('day', r.start_date, v.local_date) + 1)::integer as day,
    round(v.elapsed_seconds::double * 1000)::bigint as elapsed_ms,
    round(v.engaged_seconds::double * 1000)::bigint as engaged_ms,
    (row_number() over (order by p.person, v.local_date, v.visit_id) - 1)::integer as visit
from scope_visits as v
cross join report_range as r
inner join report_people as p on v.user_no = p.user_no and p.has_page
where
    v.local_date between r.start_date and r.end_date
    or (v.local_date < r.start_date and v.visit_no in (select u.visit_no from report_usage as u))

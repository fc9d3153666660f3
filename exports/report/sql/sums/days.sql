-- Visits by the day on which they start: of everyone, and what is about users only. Grain: one row per day.
select
    v.day,
    count(*)::bigint as visits,
    count(v.user_no)::bigint as user_visits,
    coalesce(sum(v.interactions) filter (where not v.is_guest), 0)::bigint as interactions,
    coalesce(sum(v.elapsed_ms) filter (where not v.is_guest), 0)::bigint as elapsed,
    coalesce(sum(v.engaged_ms) filter (where not v.is_guest), 0)::bigint as engaged,
    count(*) filter (where not v.is_guest and v.is_single_event)::bigint as single
from report_visits as v
group by v.day
order by v.day

-- Grain: one row per visit, by its number.
select
    v.actor,
    v.day,
    v.interactions,
    v.is_single_event::bigint as single,
    v.engaged_ms as engaged,
    v.elapsed_ms - v.engaged_ms as idle
from report_numbered_visits as v
order by v.visit

-- Grain: one row per visit, by its number.
select
    v.actor::integer as actor,
    v.day::integer as day,
    v.interactions::integer as interactions,
    v.is_single_event::tinyint as single,
    v.engaged_ms::integer as engaged,
    (v.elapsed_ms - v.engaged_ms)::integer as idle
from report_numbered_visits as v
order by v.visit

-- Visits of users with a page. Grain: one row per visit, by its number.
select
    v.person,
    v.day,
    v.interactions::integer as interactions,
    v.is_single_event::tinyint as single,
    v.engaged_ms as engaged,
    v.elapsed_ms - v.engaged_ms as idle
from report_own_visits as v
order by v.visit

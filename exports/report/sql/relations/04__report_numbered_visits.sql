-- Visits by number, in order of actor and day. Grain: one row per visit.
select
    v.visit_no,
    v.visit_id,
    a.actor,
    v.day,
    v.interactions,
    v.is_single_event,
    v.elapsed_ms,
    v.engaged_ms,
    (row_number() over (order by a.actor, v.day, v.visit_id) - 1)::bigint as visit
from report_visits as v
inner join report_actors as a on v.actor_id = a.actor_id and v.is_guest = a.is_guest

-- Steps of the visits that start in the range. Grain: one row per level, visit, step.
select
    s.level,
    v.visit,
    s.step,
    s.item,
    s.is_unmapped,
    s.next_kind = 'continues' as continues,
    s.interactions,
    (s.seconds_on_item::decimal(38, 3) * 1000)::bigint as ms
from marts.fct_path_steps as s
inner join report_numbered_visits as v on s.visit_id = v.visit_id
cross join scope_workspace as w
where s.workspace_id = w.workspace_id and v.day > 0

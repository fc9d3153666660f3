-- Path steps of counted visits of those who count. Grain: one row per level, visit, step.
select
    s.level,
    s.visit_id,
    s.step,
    s.user_id,
    s.local_date,
    s.item,
    s.next_item,
    s.seconds_on_item,
    s.views
from marts.fct_path_steps as s
semi join scope_visits as v on s.visit_id = v.visit_id
where s.workspace_id = $workspace

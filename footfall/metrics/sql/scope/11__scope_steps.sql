-- Path steps of counted visits of those who count. Grain: one row per level, visit, step.
select
    s.level,
    s.step,
    v.user_no,
    s.local_date,
    i.item_no,
    n.item_no as next_no,
    s.next_kind <> 'item' as is_end,
    s.seconds_on_item,
    s.interactions
from marts.fct_path_steps as s
inner join scope_visits as v on s.visit_id = v.visit_id
inner join scope_items as i on if(s.is_unmapped, 'unmapped', 'item') = i.kind and s.item = i.key
inner join scope_items as n
    on if(s.is_next_unmapped, 'unmapped', s.next_kind) = n.kind and s.next_item is not distinct from n.key
where s.workspace_id = $workspace

-- Steps of their visits. Grain: one row per visit, step, in this order.
select
    v.visit,
    p.number::integer as item,
    (s.next_kind = 'continues')::tinyint as continues,
    s.interactions::integer as interactions,
    round(s.seconds_on_item::double * 1000)::bigint as ms
from marts.fct_path_steps as s
inner join report_own_visits as v on s.visit_id = v.visit_id and v.day > 0
inner join scope_items as i on if(s.is_unmapped, 'unmapped', 'item') = i.kind and s.item = i.key
inner join report_path_items as p on s.level = p.level and i.item_no = p.item_no
cross join scope_workspace as w
where s.workspace_id = w.workspace_id and s.level = $level
order by v.visit, s.step

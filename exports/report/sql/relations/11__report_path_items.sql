-- Items of paths by number within their level. Codes of places in a path: 0 any item that is never named at that step,
-- 1 the exit, 2 what continues after the last step, and 3 more than its number for an item. Grain: one row per level,
-- item.
select
    p.level,
    p.item_no,
    i.item,
    i.kind,
    i.kind = 'unmapped' as is_unmapped,
    (row_number() over (partition by p.level order by i.item, i.kind) - 1)::integer as number
from (select distinct s.level, s.item_no from report_steps as s) as p
inner join scope_items as i on p.item_no = i.item_no

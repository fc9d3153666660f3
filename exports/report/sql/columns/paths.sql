-- Steps of visits that start in the range. Grain: one row per visit, step, in this order.
select
    s.visit::integer as visit,
    p.number::integer as item,
    s.continues::tinyint as continues,
    s.interactions::integer as interactions,
    s.ms::integer as ms
from report_steps as s
inner join report_path_items as p on s.level = p.level and s.item = p.item and s.is_unmapped = p.is_unmapped
where s.level = $level
order by s.visit, s.step

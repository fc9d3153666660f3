-- Items of paths in the range, by number within their level. Grain: one row per level, item.
select
    p.level,
    p.item,
    (row_number() over (partition by p.level order by p.item) - 1)::bigint as number
from (select distinct s.level, s.item from report_steps as s) as p

-- Items of paths in the range, by number within their level. Grain: one row per level, item,
-- is_unmapped.
select
    p.level,
    p.item,
    p.is_unmapped,
    (row_number() over (partition by p.level order by p.item, p.is_unmapped) - 1)::bigint as number
from (select distinct s.level, s.item, s.is_unmapped from report_steps as s) as p

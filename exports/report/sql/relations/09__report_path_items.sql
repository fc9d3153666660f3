-- What paths of the range lead through, by number within its level. Grain: one row per level, item.
select
    p.level,
    p.item,
    (row_number() over (partition by p.level order by p.item) - 1)::bigint as number
from (
    select distinct s.level, s.item
    from scope_steps as s
    cross join report_range as r
    where s.local_date between r.start_date and r.end_date
) as p

-- Modules by number, in order of their names. Grain: one row per module.
select
    m.module,
    (row_number() over (order by m.module) - 1)::bigint as number
from (select distinct u.module from scope_usage as u) as m

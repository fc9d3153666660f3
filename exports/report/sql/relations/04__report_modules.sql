-- Modules by number, in order of their names. Grain: one row per module, module_kind.
select
    m.module,
    m.module_kind,
    (row_number() over (order by m.module, m.module_kind) - 1)::bigint as number
from (select distinct u.module, u.module_kind from scope_usage as u) as m

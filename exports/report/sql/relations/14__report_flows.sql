-- Steps with the number of their flow within its level. Grain: one row per level, visit, step.
with flows as (
    select
        level,
        step,
        source,
        target,
        (row_number() over (partition by level order by step, source, target) - 1)::integer as link
    from report_coded_steps
    group by level, step, source, target
)

select
    c.*,
    f.link
from report_coded_steps as c
inner join flows as f
    on c.level = f.level and c.step = f.step and c.source = f.source and c.target = f.target

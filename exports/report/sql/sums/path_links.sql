-- What the numbers of flows stand for. Grain: one row per flow.
select
    f.step::integer as step,
    f.source,
    f.target
from report_flows as f
where f.level = $level
group by f.link, f.step, f.source, f.target
order by f.link

-- Flows of paths: visits, interactions and milliseconds on the source; joined to the cells of their users
-- (extract.py). Grain: one row per flow, day.
select
    f.link as key,
    f.day,
    count(*)::integer as visits,
    sum(f.interactions)::integer as interactions,
    sum(f.ms)::bigint as ms
from report_flows as f
where f.level = $level
group by all
order by f.link, f.day

-- Interactions of those who count, from the mart: to check the answers against. Grain: one row per date, os.
select
    o.local_date,
    o.interactions
from marts.agg_interactions_by_os as o
where o.workspace_id = $workspace

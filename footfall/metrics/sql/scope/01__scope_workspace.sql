-- The workspace of the question. Grain: one row.
select
    workspace_id,
    name,
    timezone,
    starts_on,
    ends_on,
    modules,
    counts_guests,
    target_groups,
    coalesce(anonymization, 'none') as anonymization,
    min_group_size
from marts.dim_workspaces
where workspace_id = $workspace

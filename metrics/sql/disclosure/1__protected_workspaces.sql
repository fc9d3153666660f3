-- Workspaces whose settings protect people: all of them, or those of some e-mail domains. Anything that is not `none`
-- protects, and what is neither `none` nor `domains` protects everyone. Grain: one row per workspace.
select
    workspace_id,
    anonymization <> 'domains' as is_full
from marts.dim_workspaces
where coalesce(anonymization, 'none') <> 'none'

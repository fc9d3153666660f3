-- Workspaces whose settings protect people: all of them, or those of some e-mail domains. Anything that is not `none`
-- protects, and what is neither `none` nor `domains` protects everyone; so do domains that no e-mail has, because it is
-- not known which people they were meant to protect. Grain: one row per workspace.
select
    w.workspace_id,
    w.anonymization <> 'domains' or not coalesce(bool_or(p.is_anonymized), false) as is_full
from marts.dim_workspaces as w
left join marts.dim_participants as p on w.workspace_id = p.workspace_id
where coalesce(w.anonymization, 'none') <> 'none'
group by w.workspace_id, w.anonymization

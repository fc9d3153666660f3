-- Target groups that no participant is in (nobody counts, every answer is empty) and domains that no e-mail has
-- (nobody is anonymised): most likely a typing mistake.
{{ config(severity='warn') }}

select
    workspace.workspace_id,
    case when len(workspace.target_groups) > 0 then 'target_groups' else 'anonymized_domains' end as setting
from {{ ref('dim_workspaces') }} as workspace
left join {{ ref('dim_participants') }} as participant on workspace.workspace_id = participant.workspace_id
group by workspace.workspace_id, workspace.target_groups, workspace.anonymization
having
    (len(workspace.target_groups) > 0 and not coalesce(bool_or(participant.is_targeted), false))
    or (workspace.anonymization = 'domains' and not coalesce(bool_or(participant.is_anonymized), false))

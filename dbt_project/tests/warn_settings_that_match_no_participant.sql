-- Target groups that no participant is in (nobody counts, every answer is empty) and domains that no e-mail has
-- (nobody is anonymised): most likely a typing mistake.
{{ config(severity='warn') }}

select
    workspace.workspace_id,
    case when not workspace.counts_guests then 'target_groups' else 'anonymized_domains' end as setting
from {{ ref('dim_workspaces') }} as workspace
left join {{ ref('dim_participants') }} as participant on workspace.workspace_id = participant.workspace_id
group by workspace.workspace_id, workspace.counts_guests, workspace.anonymization
having
    (not workspace.counts_guests and count(case when participant.is_targeted then 1 end) = 0)
    or (workspace.anonymization = 'domains' and count(case when participant.is_anonymized then 1 end) = 0)

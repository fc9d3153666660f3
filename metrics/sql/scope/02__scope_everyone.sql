-- Everyone known, counted or not: only to refuse questions and to tell a sponsor's own people. Grain: one row per user.
select
    p.user_id,
    p.first_name,
    p.last_name,
    p.email,
    p.company,
    p.job_title,
    p.groups,
    p.role,
    p.profile_url,
    coalesce(p.is_targeted, false) as is_targeted,
    coalesce(p.is_deleted, false) as is_deleted,
    coalesce(p.is_anonymized, false) or w.anonymization = 'full' as is_anonymized
from marts.dim_participants as p
cross join scope_workspace as w
where p.workspace_id = $workspace

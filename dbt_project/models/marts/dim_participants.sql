-- People delivered by the organiser, and people seen only in events (`is_inferred`).

with ids as (

    select * from {{ ref('int_participants') }}

),

workspaces as (

    select * from {{ ref('int_workspaces') }}

)

select
    ids.workspace_id,
    ids.user_id,
    known.first_name,
    known.last_name,
    known.email,
    known.company,
    known.job_title,
    coalesce(known.groups, {{ empty_list() }}) as groups,
    known.role,
    known.profile_url,
    coalesce(known.is_test, false) as is_test,
    ids.is_targeted,
    case workspaces.anonymization
        when 'full' then true
        when 'domains'
            then {{ has_domain('known.email', 'workspaces.anonymized_domains') }}
        else false
    end as is_anonymized,
    known.deleted_at is not null as is_deleted,
    known.user_id is null as is_inferred,
    known.created_at
from ids
left join {{ ref('stg_lake__participants') }} as known
    on ids.workspace_id = known.workspace_id and ids.user_id = known.user_id
left join workspaces on ids.workspace_id = workspaces.workspace_id

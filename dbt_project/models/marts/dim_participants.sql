-- People the organiser delivered, and those only seen in events (`is_inferred`).

with ids as (

    select workspace_id, user_id from {{ ref('stg_lake__participants') }}
    union
    select workspace_id, user_id from {{ ref('int_users') }}

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
    coalesce(known.groups, cast([] as varchar[])) as groups,
    known.role,
    known.profile_url,
    coalesce(known.is_test, false) as is_test,
    -- who counts (definitions): no test account, and in a target group where there are any
    not coalesce(known.is_test, false)
    and (
        coalesce(len(workspaces.target_groups), 0) = 0
        or list_has_any(coalesce(known.groups, cast([] as varchar[])), workspaces.target_groups)
    ) as is_targeted,
    case workspaces.anonymization
        when 'full' then true
        when 'domains'
            then list_contains(
                list_transform(workspaces.anonymized_domains, lambda domain: lower(ltrim(trim(domain), '@'))),
                lower(trim(split_part(coalesce(known.email, ''), '@', -1)))
            )
        else false
    end as is_anonymized,
    known.deleted_at is not null as is_deleted,
    known.user_id is null as is_inferred,
    known.created_at
from ids
left join {{ ref('stg_lake__participants') }} as known
    on ids.workspace_id = known.workspace_id and ids.user_id = known.user_id
left join workspaces on ids.workspace_id = workspaces.workspace_id

-- Everyone who can count: participants delivered by the organiser and people seen only in events. `is_targeted` says
-- whether a person counts (definitions, Who counts): not a test account, and in a target group where there are any.

with ids as (

    select workspace_id, user_id from {{ ref('stg_lake__participants') }}
    union
    select workspace_id, user_id from {{ ref('int_users') }}

)

select
    ids.workspace_id,
    ids.user_id,
    not coalesce(known.is_test, false)
    and (
        {{ list_size('workspaces.target_groups') }} = 0
        or {{ lists_overlap('coalesce(known.groups, ' ~ empty_list() ~ ')', 'workspaces.target_groups') }}
    ) as is_targeted
from ids
left join {{ ref('stg_lake__participants') }} as known
    on ids.workspace_id = known.workspace_id and ids.user_id = known.user_id
left join {{ ref('int_workspaces') }} as workspaces on ids.workspace_id = workspaces.workspace_id

-- With target groups facts hold only people in one of these groups, no matter when they joined or left it.
with target_groups as (

    -- joined to each table, so that nothing is read where no workspace has any
    select workspace_id from {{ ref('int_workspaces') }} where not counts_guests

),

people as (

    select daily.workspace_id, daily.user_id
    from {{ ref('fct_user_daily') }} as daily
    inner join target_groups on daily.workspace_id = target_groups.workspace_id
    union
    select event.workspace_id, event.user_id
    from {{ ref('fct_events') }} as event
    inner join target_groups on event.workspace_id = target_groups.workspace_id
    where {{ within_changed_dates('event.local_date') }}
    union
    select part.workspace_id, part.user_id
    from {{ ref('fct_meeting_participants') }} as part
    inner join target_groups on part.workspace_id = target_groups.workspace_id

)

select people.workspace_id, people.user_id
from people
inner join {{ ref('int_workspaces') }} as settings on people.workspace_id = settings.workspace_id
{{ join_participant('people') }}
where not {{ in_facts() }}

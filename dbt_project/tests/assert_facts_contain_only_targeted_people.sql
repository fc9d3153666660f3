-- With target groups facts hold only people in one of these groups, no matter when they joined or left it.
with people as (

    select workspace_id, user_id from {{ ref('fct_user_daily') }}
    union
    select workspace_id, user_id
    from {{ ref('fct_events') }}
    where {{ within_changed_dates('local_date') }}
    union
    select workspace_id, user_id from {{ ref('fct_meeting_participants') }}

)

select people.workspace_id, people.user_id
from people
inner join {{ ref('int_workspaces') }} as settings on people.workspace_id = settings.workspace_id
{{ join_participant('people') }}
where not {{ in_facts() }}

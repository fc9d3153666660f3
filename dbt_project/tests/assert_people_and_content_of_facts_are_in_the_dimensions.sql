-- Every user and content item of a fact has a row in its dimension, at least an inferred one.
select distinct event.workspace_id, event.user_id as id
from {{ ref('fct_events') }} as event
left join {{ ref('dim_participants') }} as participant
    on event.workspace_id = participant.workspace_id and event.user_id = participant.user_id
where
    event.user_id is not null
    and participant.user_id is null
    and {{ within_changed_dates('event.local_date') }}

union all

select distinct event.workspace_id, event.content_type || ':' || event.content_id as id
from {{ ref('fct_events') }} as event
left join {{ ref('dim_content') }} as content
    on event.workspace_id = content.workspace_id
    and event.content_type = content.content_type
    and event.content_id = content.content_id
where
    event.content_type is not null
    and event.content_id is not null
    and content.content_id is null
    and {{ within_changed_dates('event.local_date') }}

union all

select workspace_id, workspace_id as id
from (select distinct workspace_id from {{ ref('fct_events') }} where {{ within_changed_dates('local_date') }}) as seen
where workspace_id not in (select workspace_id from {{ ref('dim_workspaces') }})

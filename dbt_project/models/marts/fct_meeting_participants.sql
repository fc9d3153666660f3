select
    part.workspace_id, part.meeting_id, part.user_id, part.response, part.attended, part.joined_at, part.left_at,
    part.updated_at
from {{ ref('stg_lake__meeting_participants') }} as part
inner join {{ ref('int_workspaces') }} as settings on part.workspace_id = settings.workspace_id
{{ join_participant('part') }}
where {{ in_facts() }}

select workspace_id, meeting_id, user_id, response, attended, joined_at, left_at, updated_at
from {{ ref('stg_lake__meeting_participants') }}

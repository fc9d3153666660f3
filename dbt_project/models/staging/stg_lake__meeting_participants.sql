-- A time of joining or leaving after the end of the day it was loaded comes from a wrong clock, so it is unknown.

with newest as (

    {{ newest_version('meeting_participants', ['workspace_id', 'meeting_id', 'user_id']) | indent(4) }}

)

select
    workspace_id, meeting_id, user_id, response, attended,
    case when joined_at <= {{ add_seconds('cast(load_date as timestamp)', 86400) }} then joined_at end as joined_at,
    case when left_at <= {{ add_seconds('cast(load_date as timestamp)', 86400) }} then left_at end as left_at,
    updated_at, load_date, content_hash
from newest

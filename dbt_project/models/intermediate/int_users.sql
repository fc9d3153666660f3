-- Every user that an accepted event names.

select distinct workspace_id, user_id
from {{ ref('int_people_days') }}
where user_id is not null

select *
from scope_people
where $user::varchar is null or user_id = $user

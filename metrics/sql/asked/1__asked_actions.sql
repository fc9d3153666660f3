select *
from scope_actions
where local_date between $start and $end and ($user::varchar is null or user_id = $user)

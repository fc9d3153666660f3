select *
from scope_usage
where local_date between $start and $end and ($user::varchar is null or user_id = $user)

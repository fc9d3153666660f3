select *
from scope_steps
where local_date between $start and $end and ($user::integer is null or user_no = $user)

select *
from scope_searches
where local_date between $start and $end and ($user::integer is null or user_no = $user)

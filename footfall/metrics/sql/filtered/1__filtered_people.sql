select *
from scope_people
where $user::integer is null or user_no = $user

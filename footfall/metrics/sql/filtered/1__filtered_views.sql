select *
from scope_views
where
    local_date between $start and $end
    and ($user::integer is null or user_no = $user)
    and ($content_type::varchar is null or content_type = $content_type)
    and ($content_id::varchar is null or content_id = $content_id)

select *
from scope_meetings
where
    local_date between $start and $end
    and (
        $user::integer is null
        or meeting_id in (select p.meeting_id from scope_meeting_people as p where p.user_no = $user)
    )

-- Who of those who count was part of a meeting. Grain: one row per meeting, user.
select
    m.meeting_id,
    p.user_no,
    m.response,
    m.attended
from marts.fct_meeting_participants as m
inner join scope_people as p on m.user_id = p.user_id
where m.workspace_id = $workspace

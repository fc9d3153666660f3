-- Who of those who count was part of a meeting. Grain: one row per meeting, user.
select
    m.meeting_id,
    m.user_id,
    m.response,
    m.attended
from marts.fct_meeting_participants as m
where
    m.workspace_id = $workspace
    and m.user_id in (select p.user_id from scope_people as p)

-- Meetings that a sponsor's own people were part of, whether these count or not. Grain: one row per sponsor, meeting.
select distinct
    s.sponsor_id,
    m.meeting_id
from marts.fct_meeting_participants as m
inner join scope_staff as s on m.user_id = s.user_id
where m.workspace_id = $workspace

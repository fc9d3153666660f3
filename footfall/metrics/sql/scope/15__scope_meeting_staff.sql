-- Meetings that a sponsor's own people were part of, whether these count or not. Grain: one row per sponsor, meeting.
select
    unnest(m.sponsor_ids) as sponsor_id,
    m.meeting_id
from marts.fct_meetings as m
where m.workspace_id = $workspace

-- What changed about meetings. Grain: one row per meeting, change.
select
    h.meeting_id,
    h.changed_at,
    h.change,
    h.status,
    h.scheduled_start,
    h.scheduled_end
from marts.fct_meeting_history as h
semi join scope_meetings as m on h.meeting_id = m.meeting_id
where h.workspace_id = $workspace

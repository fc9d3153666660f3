select
    h.meeting_id,
    m.kind,
    row_number() over (partition by h.meeting_id order by h.changed_at) as position,
    h.changed_at,
    timezone(w.timezone, timezone('UTC', h.changed_at)) as changed_local,
    h.change,
    h.status,
    h.scheduled_start,
    h.scheduled_end,
    timezone(w.timezone, timezone('UTC', h.scheduled_start)) as start_local
from scope_meeting_history as h
inner join filtered_meetings as m on h.meeting_id = m.meeting_id
cross join scope_workspace as w

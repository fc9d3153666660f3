select
    m.meeting_id,
    m.kind,
    m.status,
    m.local_date,
    m.scheduled_start,
    m.scheduled_end,
    timezone(w.timezone, timezone('UTC', m.scheduled_start)) as start_local,
    timezone(w.timezone, timezone('UTC', m.scheduled_end)) as end_local,
    m.participants,
    m.accepted,
    m.attended,
    m.is_held,
    m.duration_minutes,
    m.actual_minutes,
    m.reschedules,
    m.created_at,
    m.updated_at
from filtered_meetings as m
cross join scope_workspace as w

-- Meetings of the range by number, in order of start. Grain: one row per meeting.
select
    m.meeting_id,
    m.kind,
    m.status,
    m.is_held,
    m.participants,
    m.accepted,
    m.attended,
    m.duration_minutes,
    m.actual_minutes,
    m.reschedules,
    date_diff('day', r.start_date, m.local_date) + 1 as day,
    timezone(w.timezone, timezone('UTC', m.scheduled_start)) as start_local,
    (row_number() over (order by m.scheduled_start, m.meeting_id) - 1)::bigint as meeting
from scope_meetings as m
cross join report_range as r
cross join scope_workspace as w
where m.local_date between r.start_date and r.end_date

-- Meetings. Values that can be unknown are stored plus one, so that 0 means unknown. Minutes in thousandths.
-- Grain: one row per meeting.
select
    m.day,
    k.position as kind,
    s.position as status,
    extract(hour from m.start_local) * 60 + extract(minute from m.start_local) as minute,
    m.is_held::bigint as held,
    m.participants,
    m.accepted,
    coalesce(m.attended + 1, 0) as attended,
    coalesce((m.duration_minutes * 1000)::bigint + 1, 0) as duration,
    coalesce((m.actual_minutes * 1000)::bigint + 1, 0) as actual,
    m.reschedules
from report_meetings as m
left join scope_words as k on k.list = 'meeting_kind' and m.kind = k.word
left join scope_words as s on s.list = 'meeting_status' and m.status = s.word
order by m.scheduled_start, m.meeting_id

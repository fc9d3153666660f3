-- Meetings of the report. Grain: one row per meeting.
select
    m.*,
    date_diff('day', r.start_date, m.local_date) + 1 as day,
    timezone(w.timezone, timezone('UTC', m.scheduled_start)) as start_local
from scope_meetings as m
cross join report_range as r
cross join scope_workspace as w
where m.local_date between r.start_date and r.end_date

-- Meetings of a sponsor's people with its audience. Grain: one row per sponsor, meeting.
select distinct
    c.item,
    m.meeting
from report_meetings as m
inner join scope_meeting_staff as s on m.meeting_id = s.meeting_id
inner join scope_meeting_people as p on m.meeting_id = p.meeting_id
inner join report_items as c on c.content_type = 'sponsor' and s.sponsor_id = c.content_id
anti join scope_staff as f on s.sponsor_id = f.sponsor_id and p.user_no = f.user_no
order by c.item, m.meeting

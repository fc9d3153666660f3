-- Meetings of a sponsor's people with its audience. Grain: one row per item, day.
select
    m.item,
    m.day,
    count(*)::integer as n,
    count(*) filter (where m.is_held)::integer as held
from (select distinct c.item, c.day, c.meeting_id, c.is_held from report_contacts as c where c.action = 4) as m
group by all
order by m.item, m.day

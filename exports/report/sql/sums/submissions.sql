-- Form submissions. Grain: one row per item, day.
select
    s.item,
    s.day,
    count(*) as n
from report_submissions as s
group by all
order by s.item, s.day

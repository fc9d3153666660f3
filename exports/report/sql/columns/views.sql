-- Openings of content items. Grain: one row per actor, day, item, os.
select
    s.actor,
    s.day,
    s.item,
    s.os,
    count(*)::integer as n
from report_views as s
group by all
order by s.actor, s.day, s.item, s.os

-- Views of content items, how many of them have known seconds, and these. Grain: one row per item, day, os.
select
    v.item,
    v.day,
    v.os,
    count(*)::integer as n,
    count(v.ms)::integer as known,
    coalesce(sum(v.ms), 0)::bigint as ms
from report_views as v
group by all
order by v.item, v.day, v.os

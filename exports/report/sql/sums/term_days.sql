-- Searches, how many of them have known results, and how many have none. Grain: one row per term, day, os.
select
    s.term,
    s.day,
    s.os,
    count(*) as n,
    count(s.results) as known,
    count(*) filter (where s.results = 0) as zero
from report_searches as s
group by all
order by term, day, os

-- Searches. Grain: one row per search.
select
    t.number as term,
    s.user_no,
    date_diff('day', r.start_date, s.local_date) + 1 as day,
    o.number as os,
    s.results
from scope_searches as s
cross join report_range as r
inner join report_terms as t on s.term = t.term
inner join report_os as o on s.os = o.os
where s.local_date between r.start_date and r.end_date

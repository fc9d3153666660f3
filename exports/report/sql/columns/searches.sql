-- Searches. All guests share one number, the one after the last user. Grain: one row per actor, day, term, os.
select
    coalesce(a.actor, (select count(*) from scope_people)) as actor,
    date_diff('day', r.start_date, s.local_date) + 1 as day,
    t.number as term,
    o.number as os,
    count(*) as n,
    count(s.results) as known,
    count(*) filter (where s.results = 0) as zero
from scope_searches as s
cross join report_range as r
left join report_actors as a on s.user_no = a.user_no
inner join report_terms as t on s.term = t.term
inner join report_os as o on s.os = o.os
where s.local_date between r.start_date and r.end_date
group by all
order by actor, day, term, os

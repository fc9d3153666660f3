-- Search terms of the range by number, in alphabetical order. Grain: one row per term.
select
    t.term,
    (row_number() over (order by t.term) - 1)::bigint as number
from (
    select distinct s.term
    from scope_searches as s
    cross join report_range as r
    where s.local_date between r.start_date and r.end_date
) as t

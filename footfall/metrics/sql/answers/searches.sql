select
    term,
    'named' as term_kind,
    count(*) as searches,
    count(distinct user_no) as users,
    count(*) filter (where results = 0) as without_results,
    count(*) filter (where results = 0) / nullif(count(results), 0) as share_without_results
from filtered_searches
group by term

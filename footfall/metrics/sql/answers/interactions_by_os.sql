select
    os,
    sum(interactions) as interactions
from filtered_usage
where interactions > 0
group by os

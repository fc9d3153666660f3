select
    os,
    sum(interactions) as interactions
from asked_usage
where interactions > 0
group by os

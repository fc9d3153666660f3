select
    local_date,
    coalesce(sum(interactions) filter (where os = 'ios'), 0) as interactions_ios,
    coalesce(sum(interactions) filter (where os = 'android'), 0) as interactions_android,
    coalesce(sum(interactions) filter (where os = 'web'), 0) as interactions_web,
    coalesce(sum(interactions) filter (where os not in ('ios', 'android', 'web')), 0) as interactions_other,
    sum(interactions) as interactions
from filtered_usage
where interactions > 0
group by local_date

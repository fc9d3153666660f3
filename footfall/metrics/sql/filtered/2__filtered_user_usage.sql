-- What each user did, by the events' own dates. Grain: one row per user with an event.
select
    user_no,
    sum(interactions) as interactions,
    sum(interactions) filter (where os = 'ios') as interactions_ios,
    sum(interactions) filter (where os = 'android') as interactions_android,
    sum(interactions) filter (where os = 'web') as interactions_web,
    sum(interactions) filter (where os not in ('ios', 'android', 'web')) as interactions_other,
    max(last_at) as last_seen_at
from filtered_usage
where user_no is not null
group by user_no

select
    level,
    step,
    item as source,
    next_item as target,
    count(*) as visits,
    count(distinct user_id) as users,
    count(*) / nullif((select count(*) from asked_visits), 0) as share_of_visits,
    sum(views) as views,
    sum(seconds_on_item) as seconds_on_source,
    sum(seconds_on_item) / nullif(count(*), 0) as average_seconds_on_source
from asked_steps
group by level, step, item, next_item

-- The items of each step by visits, the first $top by name, the rest as one. A target is named as it is at its own step,
-- so what flows into an item flows out of it. Users are counted anew: one who took two of the rest is one user.
with ranked as (
    select
        level,
        step,
        item,
        row_number() over (partition by level, step order by count(*) desc, item) as place
    from asked_steps
    group by level, step, item
),

named as (
    select
        s.level,
        s.step,
        s.user_id,
        s.views,
        s.seconds_on_item,
        case when source.place <= $top then s.item else '(other)' end as source,
        -- (exit) and (continues) are no items of a step
        case when target.place > $top then '(other)' else s.next_item end as target
    from asked_steps as s
    inner join ranked as source on s.level = source.level and s.step = source.step and s.item = source.item
    left join ranked as target
        on s.level = target.level and s.step + 1 = target.step and s.next_item = target.item
)

select
    level,
    step,
    source,
    target,
    count(*) as visits,
    count(distinct user_id) as users,
    count(*) / nullif((select count(*) from asked_visits), 0) as share_of_visits,
    sum(views) as views,
    sum(seconds_on_item) as seconds_on_source,
    sum(seconds_on_item) / nullif(count(*), 0) as average_seconds_on_source
from named
group by level, step, source, target

with items as (
    select
        level,
        step,
        item_no,
        count(*) as visits,
        count(distinct user_no) as users,
        sum(interactions) as interactions,
        sum(seconds_on_item) as seconds_on_item
    from filtered_steps
    group by level, step, item_no
)

select
    s.level,
    s.step,
    i.item,
    i.kind as item_kind,
    s.visits,
    s.users,
    s.visits / nullif((select count(*) from filtered_visits), 0) as share_of_visits,
    s.interactions,
    s.seconds_on_item,
    s.seconds_on_item / s.visits as average_seconds_on_item
from items as s
inner join scope_items as i on s.item_no = i.item_no

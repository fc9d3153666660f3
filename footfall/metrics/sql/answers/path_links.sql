with links as (
    select
        level,
        step,
        item_no,
        next_no,
        count(*) as visits,
        count(distinct user_no) as users,
        sum(interactions) as interactions,
        sum(seconds_on_item) as seconds_on_item
    from filtered_steps
    group by level, step, item_no, next_no
)

select
    l.level,
    l.step,
    source.item as source,
    source.kind as source_kind,
    target.item as target,
    target.kind as target_kind,
    l.visits,
    l.users,
    l.visits / nullif((select count(*) from filtered_visits), 0) as share_of_visits,
    l.interactions,
    l.seconds_on_item as seconds_on_source,
    l.seconds_on_item / l.visits as average_seconds_on_source
from links as l
inner join scope_items as source on l.item_no = source.item_no
inner join scope_items as target on l.next_no = target.item_no

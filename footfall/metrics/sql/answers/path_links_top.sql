-- The items of each step by visits, the first $top by name, the rest as one (number null). A target is named as it is
-- at its own step, so what flows into an item flows out of it. Users are counted for each row: somebody who took two of
-- the rest counts once.
with items as (
    select
        level,
        step,
        item_no,
        count(*) as visits
    from filtered_steps
    group by level, step, item_no
),

named as (
    select
        s.level,
        s.step,
        s.item_no
    from items as s
    inner join scope_items as i on s.item_no = i.item_no
    qualify row_number() over (partition by s.level, s.step order by s.visits desc, i.item, i.kind) <= $top
),

combined as (
    select
        s.level,
        s.step,
        s.user_no,
        s.interactions,
        s.seconds_on_item,
        source.item_no as source_no,
        -- the end of a path is not an item of a step
        case when s.is_end then s.next_no else target.item_no end as target_no
    from filtered_steps as s
    left join named as source on s.level = source.level and s.step = source.step and s.item_no = source.item_no
    left join named as target on s.level = target.level and s.step + 1 = target.step and s.next_no = target.item_no
),

links as (
    select
        level,
        step,
        source_no,
        target_no,
        count(*) as visits,
        count(distinct user_no) as users,
        sum(interactions) as interactions,
        sum(seconds_on_item) as seconds_on_item
    from combined
    group by level, step, source_no, target_no
)

select
    l.level,
    l.step,
    source.item as source,
    coalesce(source.kind, 'other') as source_kind,
    target.item as target,
    coalesce(target.kind, 'other') as target_kind,
    l.visits,
    l.users,
    l.visits / nullif((select count(*) from filtered_visits), 0) as share_of_visits,
    l.interactions,
    l.seconds_on_item as seconds_on_source,
    l.seconds_on_item / l.visits as average_seconds_on_source
from links as l
left join scope_items as source on l.source_no = source.item_no
left join scope_items as target on l.target_no = target.item_no

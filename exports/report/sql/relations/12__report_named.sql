-- Items that can be among the first 20 of a step in some range of days; all others are (other) in each of them. An
-- item never is if 20 others have more visits on each of its days, or as many and come before it by name. The others
-- are looked for among the 60 with the most visits. Grain: one row per level, step, item.
with counts as (
    select
        level,
        step,
        item_no,
        day,
        count(*) as visits
    from report_steps
    group by all
),

ranked as (
    select
        c.level,
        c.step,
        c.item_no,
        p.number,
        row_number() over (partition by c.level, c.step order by sum(c.visits) desc, p.number) as place
    from counts as c
    inner join report_path_items as p on c.level = p.level and c.item_no = p.item_no
    group by c.level, c.step, c.item_no, p.number
),

beaten as (
    select
        x.level,
        x.step,
        x.item_no,
        y.item_no as other_no
    from counts as x
    inner join ranked as x_place on x.level = x_place.level and x.step = x_place.step and x.item_no = x_place.item_no
    inner join ranked as y on x.level = y.level and x.step = y.step and y.place <= 60
    left join counts as c
        on y.level = c.level and y.step = c.step and y.item_no = c.item_no and x.day = c.day
    where x_place.place > 20 and x.item_no <> y.item_no
    group by x.level, x.step, x.item_no, y.item_no
    having
        bool_and(coalesce(c.visits, 0) > x.visits or (coalesce(c.visits, 0) = x.visits and y.number < x_place.number))
),

never as (
    select level, step, item_no
    from beaten
    group by level, step, item_no
    having count(*) >= 20
)

select
    r.level,
    r.step,
    r.item_no,
    r.number + 3 as code
from ranked as r
anti join never as n on r.level = n.level and r.step = n.step and r.item_no = n.item_no

-- Times with a live stream that overlap times of the same person on an earlier day: the part that counts no more in a
-- range that begins on that day (`since`) or before it. Grain: one row per view, earlier day.
with days as (
    select
        item,
        actor_no,
        day,
        max(to_us) as to_us,
        max(last_minute) as last_minute
    from report_watched
    group by item, actor_no, day
),

reached as (
    select
        w.*,
        d.day as since,
        max(d.to_us) over later as since_us,
        max(d.last_minute) over later as since_minute
    from report_watched as w
    inner join days as d
        on w.item = d.item and w.actor_no = d.actor_no and w.day > d.day
        and (d.to_us > w.from_us or d.last_minute >= w.first_minute)
    window later as (partition by w.view_no order by d.day desc)
),

-- where the view begins to count: without any earlier day, with the later ones of them, and with this one
begins as (
    select
        *,
        greatest(from_us, coalesce(covered_us, 0), since_us) as with_us,
        greatest(first_minute, coalesce(covered_minute, -1) + 1, since_minute + 1) as with_minute,
        greatest(from_us, coalesce(covered_us, 0)) as alone_us,
        greatest(first_minute, coalesce(covered_minute, -1) + 1) as alone_minute
    from reached
)

select
    item,
    day,
    since,
    least(to_us, with_us) - least(to_us, coalesce(lag(with_us) over later, alone_us)) as lost_us,
    least(last_minute + 1, coalesce(lag(with_minute) over later, alone_minute)) as from_minute,
    least(last_minute + 1, with_minute) as to_minute
from begins
window later as (partition by view_no order by since desc)

-- Changes of the number of people who watch a live stream. Those of an earlier day (`since`; 0: none) count where that
-- day, too, is in the range. Minutes since the day before `day` began, in UTC; changes as unsigned numbers: 0, 1, 2, 3
-- … are 0, -1, 1, -2 … Grain: one row per item, day, since, minute.
with changes as (
    select
        item,
        day,
        0 as since,
        greatest(first_minute, coalesce(covered_minute, -1) + 1) as from_minute,
        last_minute + 1 as to_minute,
        1 as change
    from report_watched
    union all
    select item, day, since, from_minute, to_minute, -1 as change
    from report_rewatched
),

ends as (
    select item, day, since, from_minute as minute, change
    from changes
    where from_minute < to_minute
    union all
    select item, day, since, to_minute as minute, -change as change
    from changes
    where from_minute < to_minute
)

select
    item,
    day,
    since,
    (minute - day * 1440)::integer as minute,
    (case when sum(change) < 0 then -2 * sum(change) - 1 else 2 * sum(change) end)::integer as change
from ends
group by all
having sum(change) <> 0
order by item, day, since, minute

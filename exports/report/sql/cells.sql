-- Distinct people of any range of days without the people. A cell is a key, a day, the day before it on which the same
-- person was seen with that key (0: none before), and how many people. The distinct people of a key in a range are the
-- sum of the cells whose day is in it and whose previous day is before it: each person is counted on the first day in
-- the range. `seen` is a file of `families`: key, who (null: nobody), day. Grain: one row per key, day,
-- previous.
with days as (
    select distinct
        key,
        who,
        day
    from seen
    where who is not null
),

before as (
    select
        key,
        day,
        coalesce(lag(day) over (partition by key, who order by day), 0) as previous
    from days
)

select
    key::integer as key,
    day::integer as day,
    previous::integer as previous,
    count(*)::integer as n
from before
group by all
order by key, day, previous

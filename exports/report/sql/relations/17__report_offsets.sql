-- Offsets of the workspace's time zone from UTC, by the data's own time zone database: the report computes local times
-- of streams from them, not by the browser's. Minutes since two days before the range. Grain: one row per change.
with days as (
    select
        w.timezone,
        r.start_date::timestamp - interval 2 days as origin,
        unnest(range(date_diff('day', r.start_date, r.end_date) + 6)) as day
    from report_range as r
    cross join scope_workspace as w
),

by_day as (
    select
        d.*,
        d.origin + to_days(d.day::integer) as at,
        timezone(d.timezone, timezone('UTC', d.origin + to_days(d.day::integer))) as local_at
    from days as d
),

-- Days with a change before the next one begins; the minute of the change is looked for in these only.
changing as (
    select b.timezone, b.origin, b.day
    from by_day as b
    qualify b.day = 0 or lead(b.local_at - b.at) over (order by b.day) <> b.local_at - b.at
),

minutes as (
    select
        c.*,
        unnest(range(c.day * 1440, (c.day + 1) * 1440 + 1)) as minute
    from changing as c
),

by_minute as (
    select distinct
        m.minute,
        epoch(timezone(m.timezone, timezone('UTC', m.origin + to_minutes(m.minute))))
        - epoch(m.origin + to_minutes(m.minute)) as offset_seconds
    from minutes as m
)

select
    b.minute,
    b.offset_seconds::bigint as offset_seconds
from by_minute as b
qualify b.offset_seconds is distinct from lag(b.offset_seconds) over (order by b.minute)

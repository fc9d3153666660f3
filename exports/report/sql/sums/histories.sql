-- Active days of one user after another, for frequencies and means of users; users are in the order of what they did,
-- so nothing says who they are. Grain: one row per user, day; first: 1 on a user's first day.
with days as (
    select
        v.user_no,
        v.day,
        count(*) as visits,
        sum(v.interactions)::bigint as interactions
    from report_visits as v
    where not v.is_guest
    group by v.user_no, v.day
),

histories as (
    select list((d.day, d.visits, d.interactions) order by d.day) as history
    from days as d
    group by d.user_no
),

numbered as (
    select
        row_number() over (order by h.history) as place,
        h.history
    from histories as h
)

select
    unnest(n.history)[1]::integer as day,
    (generate_subscripts(n.history, 1) = 1)::tinyint as first,
    unnest(n.history)[2]::integer as visits,
    unnest(n.history)[3]::bigint as interactions
from numbered as n
order by n.place, day

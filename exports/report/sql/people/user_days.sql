-- What Top users shows. `minute` is that of the last event by the workspace's local time. Grain: one row per person,
-- day.
with visits as (
    select
        v.user_no,
        v.day,
        count(*) as visits,
        sum(v.elapsed_ms) as elapsed_ms,
        sum(v.engaged_ms) as engaged_ms
    from report_visits as v
    where not v.is_guest
    group by v.user_no, v.day
),

usage as (
    select
        u.user_no,
        u.day,
        max(timezone(w.timezone, timezone('UTC', u.last_at))) as last_local,
        sum(u.interactions) filter (where u.os = 0) as ios,
        sum(u.interactions) filter (where u.os = 1) as android,
        sum(u.interactions) filter (where u.os = 2) as web,
        sum(u.interactions) filter (where u.os = 3) as other,
        sum(u.interactions) filter (where u.os = 4) as unknown
    from report_usage as u
    cross join scope_workspace as w
    where u.user_no is not null
    group by u.user_no, u.day
)

select
    p.person,
    coalesce(u.day, v.day) as day,
    coalesce(v.visits, 0)::integer as visits,
    coalesce(v.engaged_ms, 0)::bigint as engaged,
    coalesce(v.elapsed_ms - v.engaged_ms, 0)::bigint as idle,
    -- 0: no event of a visit; else one more than the minute of the day
    coalesce(extract(hour from u.last_local) * 60 + extract(minute from u.last_local) + 1, 0)::integer as minute,
    coalesce(u.ios, 0)::integer as ios,
    coalesce(u.android, 0)::integer as android,
    coalesce(u.web, 0)::integer as web,
    coalesce(u.other, 0)::integer as other,
    coalesce(u.unknown, 0)::integer as unknown
from usage as u
full outer join visits as v on u.user_no = v.user_no and u.day = v.day
inner join report_people as p on coalesce(u.user_no, v.user_no) = p.user_no
order by 1, 2

-- Last event of a user on a day, in minutes of the workspace's local time. Grain: one row per actor, day.
select
    l.actor::integer as actor,
    l.day::integer as day,
    (extract(hour from l.last_local) * 60 + extract(minute from l.last_local))::integer as minute
from (
    select
        a.actor,
        date_diff('day', r.start_date, u.local_date) + 1 as day,
        max(timezone(w.timezone, timezone('UTC', u.last_at))) as last_local
    from scope_usage as u
    cross join report_range as r
    cross join scope_workspace as w
    inner join report_actors as a on u.user_no = a.user_no
    where u.local_date between r.start_date and r.end_date
    group by a.actor, u.local_date, r.start_date
) as l
order by l.actor, l.day

with active as (
    select distinct user_id
    from asked_visits
    where not is_guest
),

-- Heartbeats alone are engaged time, but nobody's use.
used as (
    select
        module,
        sum(interactions) as interactions,
        sum(views) as views,
        count(distinct user_id) as users,
        count(distinct visit_id) as visits
    from asked_usage
    where interactions > 0
    group by module
),

engaged as (
    select
        module,
        sum(engaged_seconds) as engaged_seconds
    from asked_usage
    group by module
),

reached as (
    select
        u.module,
        count(distinct u.user_id) as active_users
    from asked_usage as u
    semi join active as a on u.user_id = a.user_id
    where u.interactions > 0
    group by u.module
)

select
    e.module,
    coalesce(u.interactions, 0) as interactions,
    coalesce(u.interactions, 0) / nullif((select sum(t.interactions) from used as t), 0) as share_of_interactions,
    coalesce(u.views, 0) as views,
    coalesce(u.users, 0) as users,
    coalesce(u.visits, 0) as visits,
    e.engaged_seconds,
    coalesce(r.active_users, 0) / nullif((select count(*) from active), 0) as reach
from engaged as e
left join used as u on e.module = u.module
left join reached as r on e.module = r.module
where u.interactions > 0 or e.engaged_seconds > 0

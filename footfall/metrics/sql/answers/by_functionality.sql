with active as (
    select distinct user_no
    from filtered_visits
    where not is_guest
),

usage as (
    select
        u.*,
        a.user_no as active_user_no
    from filtered_usage as u
    left join active as a on u.user_no = a.user_no
),

-- Heartbeats alone are engaged time, but not use.
by_module as (
    select
        module,
        module_kind,
        sum(interactions) as interactions,
        sum(views) as views,
        count(distinct case when interactions > 0 then user_no end) as users,
        count(distinct case when interactions > 0 then active_user_no end) as active_users,
        count(distinct case when interactions > 0 then visit_no end) as visits,
        sum(engaged_seconds) as engaged_seconds
    from usage
    group by module, module_kind
    having sum(interactions) > 0 or sum(engaged_seconds) > 0
)

select
    module,
    module_kind,
    interactions,
    interactions / nullif(sum(interactions) over (), 0) as share_of_interactions,
    views,
    users,
    visits,
    engaged_seconds,
    active_users / nullif((select count(*) from active), 0) as reach
from by_module

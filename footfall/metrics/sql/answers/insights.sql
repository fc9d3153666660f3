with per_user as (
    select
        user_no,
        count(*) as visits,
        sum(interactions) as interactions
    from filtered_visits
    where not is_guest
    group by user_no
),

users as (
    select
        count(*) as active_users,
        -- decimals, so that the sum does not depend on the order of adding
        sum((interactions / visits)::decimal(28, 12)) / nullif(count(*), 0) as mean_of_users
    from per_user
),

totals as (
    select
        count(distinct case when is_guest then actor_id end) as guests,
        count(*) as visits,
        count(*) filter (where not is_guest) as user_visits,
        coalesce(sum(interactions) filter (where not is_guest), 0) as interactions,
        coalesce(sum(elapsed_seconds) filter (where not is_guest), 0) as elapsed_seconds,
        coalesce(sum(engaged_seconds) filter (where not is_guest), 0) as engaged_seconds,
        quantile_cont(elapsed_seconds::double, [0.5, 0.9]) filter (where not is_guest) as quantiles,
        count(*) filter (where not is_guest and is_single_event) as single_event_visits
    from filtered_visits
)

select
    u.active_users,
    t.guests,
    t.visits,
    t.user_visits,
    t.visits - t.user_visits as guest_visits,
    (select coalesce(sum(a.interactions), 0) from filtered_usage as a) as interactions,
    t.interactions as visit_interactions,
    t.elapsed_seconds,
    t.engaged_seconds,
    t.elapsed_seconds / nullif(t.user_visits, 0) as average_elapsed_seconds,
    t.engaged_seconds / nullif(t.user_visits, 0) as average_engaged_seconds,
    t.quantiles[1] as median_elapsed_seconds,
    t.quantiles[2] as p90_elapsed_seconds,
    t.single_event_visits,
    t.single_event_visits / nullif(t.user_visits, 0) as single_event_share,
    t.user_visits / nullif(u.active_users, 0) as visits_per_user,
    t.interactions / nullif(t.user_visits, 0) as interactions_per_visit,
    u.mean_of_users as interactions_per_visit_mean_of_users
from totals as t
cross join users as u

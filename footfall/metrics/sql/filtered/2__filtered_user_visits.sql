-- What the visits of each user add up to. Grain: one row per user with a visit.
select
    user_no,
    count(*) as visits,
    count(distinct local_date) as active_days,
    sum(interactions) as visit_interactions,
    sum(elapsed_seconds) as elapsed_seconds,
    sum(engaged_seconds) as engaged_seconds
from filtered_visits
where not is_guest
group by user_no

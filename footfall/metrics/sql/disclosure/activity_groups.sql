-- Protected participants with a visit in the range, in groups of $k or more who were about equally active: the rows of
-- By participant are about a group. Parameters: $start, $end, $k. Grain: one row per participant.
with active as (
    select p.actor_no, p.user_no, count(*) as visits, count(distinct v.local_date) as active_days,
        sum(v.elapsed_seconds) as elapsed_seconds, sum(v.engaged_seconds) as engaged_seconds
    from disclosure_people as p
    inner join scope_visits as v on p.user_no = v.user_no
    where p.person is not null and v.local_date between $start and $end
    group by p.actor_no, p.user_no
),

used as (
    select user_no, sum(interactions) as interactions
    from scope_usage
    where local_date between $start and $end
    group by user_no
),

ranked as (
    select
        a.*,
        coalesce(u.interactions, 0)::bigint as interactions,
        row_number() over (order by coalesce(u.interactions, 0) desc, a.visits desc, a.actor_no) - 1 as place,
        count(*) over () as people
    from active as a
    left join used as u on a.user_no = u.user_no
)

-- the last group takes the remaining people
select * exclude (place, people), least(place // $k, people // $k - 1)::varchar as activity_group
from ranked
where people >= $k

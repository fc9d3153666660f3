with active_days as (
    select distinct
        user_no,
        local_date
    from filtered_visits
    where not is_guest
),

gaps as (
    select
        user_no,
        local_date,
        local_date - lag(local_date) over (partition by user_no order by local_date) as gap_days
    from active_days
),

per_user as (
    select
        user_no,
        count(*) as days,
        count(distinct date_trunc('week', local_date)) as weeks,
        count(distinct date_trunc('month', local_date)) as months,
        quantile_cont(gap_days::double, 0.5) as median_gap
    from gaps
    group by user_no
),

-- The least gap that puts someone into the band; a range with fewer days between its ends cannot contain it.
bands as (
    select *
    from (values ('once', 1, 0), ('daily', 2, 1), ('weekly', 3, 4), ('monthly', 4, 15), ('rarer', 5, 46))
        as band (bucket, position, least_gap)
    where least_gap <= $end::date - $start::date
),

banded as (
    select
        case
            when median_gap is null then 'once'
            when median_gap <= 3 then 'daily'
            when median_gap <= 14 then 'weekly'
            when median_gap <= 45 then 'monthly'
            else 'rarer'
        end as bucket,
        count(*) as users
    from per_user
    group by 1
),

counted as (
    select 'active_days' as measure, days as position, days::varchar as bucket, count(*) as users
    from per_user
    group by days
    union all
    select 'active_weeks', weeks, weeks::varchar, count(*)
    from per_user
    group by weeks
    union all
    select 'active_months', months, months::varchar, count(*)
    from per_user
    group by months
    union all
    select 'band', b.position, b.bucket, coalesce(u.users, 0)
    from bands as b
    left join banded as u on b.bucket = u.bucket
)

select
    measure,
    position,
    bucket,
    users,
    users / nullif((select count(*) from per_user), 0) as share_of_users
from counted

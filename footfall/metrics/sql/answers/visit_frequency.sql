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

-- A range with fewer days between its ends than the least gap cannot contain the band.
bands as (
    select *
    from scope_bands
    where least_gap <= $end::date - $start::date
),

banded as (
    select
        b.bucket,
        count(*) as users
    from per_user as u
    inner join scope_bands as b on coalesce(
        u.median_gap > b.over_days and u.median_gap <= coalesce(b.up_to_days, u.median_gap),
        u.median_gap is null and b.over_days is null
    )
    group by b.bucket
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

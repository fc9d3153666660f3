-- People behind the answers that count people, in each cell they are counted in: users of what is shown of the
-- interactions, users by frequency, guests. Parameters: $start, $end. Grain: one row per family, person.
with active as (
    select v.user_no, v.local_date
    from scope_visits as v
    where not v.is_guest and v.local_date between $start and $end
    group by v.user_no, v.local_date
),

gaps as (
    select *, local_date - lag(local_date) over (partition by user_no order by local_date) as gap_days from active
),

frequency as (
    select
        user_no,
        count(*)::varchar as active_days,
        count(distinct date_trunc('week', local_date))::varchar as active_weeks,
        count(distinct date_trunc('month', local_date))::varchar as active_months,
        quantile_cont(gap_days::double, 0.5) as median_gap
    from gaps
    group by user_no
),

banded as (
    select f.*, b.bucket as band
    from frequency as f
    inner join scope_bands as b on coalesce(
        f.median_gap > b.over_days and f.median_gap <= coalesce(b.up_to_days, f.median_gap),
        f.median_gap is null and b.over_days is null
    )
),

cells as (
    select 'active' as family, 'all' as label, p.actor_no
    from disclosure_people as p semi join frequency as f on p.user_no = f.user_no
    union all
    select 'known', if(f.user_no is null, 'inactive', 'active'), p.actor_no
    from disclosure_people as p left join frequency as f on p.user_no = f.user_no where p.user_no is not null
    union all
    select 'guests', 'all', p.actor_no
    from disclosure_people as p
    semi join scope_visits as v on p.actor_id = v.actor_id and v.local_date between $start and $end
    where p.user_no is null
    union all
    select unnest(['frequency:active_days', 'frequency:active_weeks', 'frequency:active_months', 'frequency:band']),
        unnest([f.active_days, f.active_weeks, f.active_months, f.band]), p.actor_no
    from disclosure_people as p inner join banded as f on p.user_no = f.user_no
    union all
    select distinct concat('users:', c.family, ':', c.label), 'all', c.actor_no
    from disclosure_current as c
    where c.universe = 'events' and (c.family in ('module', 'term') or starts_with(c.family, 'content:'))
)

select 'people' as universe, c.family, c.label, p.actor_no as atom, p.actor_no, p.person, 1 as n
from cells as c
inner join disclosure_people as p on c.actor_no = p.actor_no
where p.user_no is not null or c.family = 'guests'

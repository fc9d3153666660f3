-- How many people watched a stream at once, by minute of the UTC clock: someone counts in each minute that any of his
-- times touches. Grain: one row per stream and stretch of minutes with the same number, ends included.
with spans as (
    select
        content_id,
        actor_id,
        epoch_us(from_at) // 60000000 as first_minute,
        -- an end on the full minute does not touch the next one
        case when to_at > from_at then epoch_us(to_at) - 1 else epoch_us(from_at) end // 60000000 as last_minute
    from asked_watching
),

before as (
    select
        *,
        max(last_minute) over (
            partition by content_id, actor_id
            order by first_minute, last_minute
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from spans
),

-- each person's minutes once, however often he came back
added as (
    select
        content_id,
        case when covered_until >= first_minute then covered_until + 1 else first_minute end as first_minute,
        last_minute
    from before
    where covered_until is null or last_minute > covered_until
),

steps as (
    select content_id, first_minute as minute, 1 as change from added
    union all
    select content_id, last_minute + 1 as minute, -1 as change from added
),

changes as (
    select content_id, minute, sum(change) as change
    from steps
    group by content_id, minute
),

levels as (
    select
        content_id,
        minute as first_minute,
        lead(minute) over in_order - 1 as last_minute,
        sum(change) over in_order as viewers
    from changes
    window in_order as (partition by content_id order by minute)
)

select content_id, first_minute, last_minute, viewers
from levels
where viewers > 0

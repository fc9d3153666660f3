-- How many people watched a stream at once, by minute of the UTC clock: someone counts in each minute that any of his
-- times touches. Grain: one row per stream and stretch of minutes with the same number, ends included.
with spans as (
    select
        content_id,
        first_us // 60000000 as first_minute,
        last_us // 60000000 as last_minute,
        covered_us // 60000000 as covered_minute
    from filtered_watching
),

-- each person's minutes once, however often he came back
added as (
    select
        content_id,
        case when covered_minute >= first_minute then covered_minute + 1 else first_minute end as first_minute,
        last_minute
    from spans
    where covered_minute is null or last_minute > covered_minute
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

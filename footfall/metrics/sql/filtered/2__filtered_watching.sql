-- Times spent with live streams: from the opening for the seconds known; an opening of unknown length is a moment.
-- covered_until and covered_us: how far the person's earlier times of the stream reach, as an end and as the last
-- microsecond touched. Grain: one row per view.
with times as (
    select
        v.content_id,
        v.actor_id,
        v.seconds_viewed,
        v.viewed_at as from_at,
        v.viewed_at + to_microseconds((coalesce(v.seconds_viewed, 0) * 1000000)::bigint) as to_at
    from filtered_views as v
    where v.content_type = 'live_stream'
),

-- an end does not touch the microsecond that it names
touching as (
    select
        *,
        epoch_us(from_at) as first_us,
        case when to_at > from_at then epoch_us(to_at) - 1 else epoch_us(from_at) end as last_us
    from times
)

select
    *,
    max(to_at) over earlier as covered_until,
    max(last_us) over earlier as covered_us
from touching
window earlier as (
    partition by content_id, actor_id
    order by from_at, to_at
    rows between unbounded preceding and 1 preceding
)

-- Times spent with live streams, in microseconds from two days before the report, as in the answer `live_streams`; and
-- how far the same person's earlier times of the same day reach. Grain: one row per view.
with times as (
    select
        v.actor_no,
        v.day,
        v.item,
        v.opened as from_us,
        v.opened + coalesce(v.ms, 0) * 1000 as to_us,
        epoch_us(i.starts_at) - epoch_us(r.start_date::timestamp - interval 2 days) as starts_us,
        epoch_us(i.ends_at) - epoch_us(r.start_date::timestamp - interval 2 days) as ends_us,
        coalesce(i.starts_at < i.ends_at, false) as has_schedule
    from report_views as v
    cross join report_range as r
    inner join report_items as i on v.item = i.item
    where v.content_type = 'live_stream'
),

-- an end does not touch the microsecond that it names
touching as (
    select
        *,
        from_us // 60000000 as first_minute,
        greatest(from_us, to_us - 1) // 60000000 as last_minute
    from times
)

select
    row_number() over ()::integer as view_no,
    *,
    max(to_us) over earlier as covered_us,
    max(last_minute) over earlier as covered_minute
from touching
window earlier as (
    partition by item, actor_no, day
    order by from_us, to_us
    rows between unbounded preceding and 1 preceding
)

with timed as (
    select
        b.content_id,
        b.actor_id,
        b.seconds_viewed,
        -- what this view adds to the person's time
        case
            when b.covered_until is null or b.covered_until <= b.from_at then epoch_us(b.to_at) - epoch_us(b.from_at)
            when b.covered_until < b.to_at then epoch_us(b.to_at) - epoch_us(b.covered_until)
            else 0
        end as new_us,
        case
            when b.from_at < c.ends_at and b.to_at > c.starts_at
                then epoch_us(least(b.to_at, c.ends_at)) - epoch_us(greatest(b.from_at, c.starts_at))
            when c.starts_at < c.ends_at then 0
        end as live_us,
        b.from_at < c.ends_at and (b.to_at > c.starts_at or b.from_at >= c.starts_at) as is_live
    from filtered_watching as b
    inner join scope_content as c on c.content_type = 'live_stream' and b.content_id = c.content_id
),

-- By person first: each count of distinct people would be a join of its own.
by_person as (
    select
        content_id,
        actor_id,
        count(*) as views,
        coalesce(sum(seconds_viewed), 0) as seconds_viewed,
        count(seconds_viewed) as known,
        sum(new_us) as new_us,
        sum(live_us) as live_us,
        bool_or(is_live) as was_live,
        bool_or(not is_live) as was_on_demand
    from timed
    group by content_id, actor_id
),

watched as (
    select
        content_id,
        sum(views) as views,
        count(*) as viewers,
        sum(seconds_viewed) as seconds_viewed,
        sum(known) / sum(views) as known_share,
        sum(new_us)::decimal(28, 0) / 1000000 as seconds_without_repeats,
        count(*) filter (where was_live) as live_viewers,
        count(*) filter (where was_on_demand) as on_demand_viewers,
        sum(live_us)::decimal(28, 0) / 1000000 as live_seconds
    from by_person
    group by content_id
),

peaks as (
    select content_id, viewers, first_minute
    from filtered_audience
    qualify row_number() over (partition by content_id order by viewers desc, first_minute) = 1
),

streams as (
    select *, starts_at < ends_at as has_schedule
    from scope_content
    where content_type = 'live_stream' and ($content_id::varchar is null or content_id = $content_id)
)

select
    s.content_id,
    s.title,
    s.url,
    s.is_deleted,
    s.starts_at,
    s.ends_at,
    coalesce(v.views, 0) as views,
    coalesce(v.viewers, 0) as viewers,
    coalesce(v.seconds_viewed, 0) as seconds_viewed,
    v.known_share,
    coalesce(v.seconds_without_repeats, 0) as seconds_without_repeats,
    coalesce(p.viewers, 0) as peak_viewers,
    make_timestamp((p.first_minute * 60000000)::bigint) as peak_minute_at,
    timezone(w.timezone, timezone('UTC', make_timestamp((p.first_minute * 60000000)::bigint))) as peak_minute_local,
    case when s.has_schedule then coalesce(v.live_viewers, 0) end as live_viewers,
    case when s.has_schedule then coalesce(v.on_demand_viewers, 0) end as on_demand_viewers,
    case when s.has_schedule then coalesce(v.live_seconds, 0) end as live_seconds,
    case when s.has_schedule then coalesce(v.seconds_viewed - v.live_seconds, 0) end as on_demand_seconds
from streams as s
left join watched as v on s.content_id = v.content_id
left join peaks as p on s.content_id = p.content_id
cross join scope_workspace as w
where v.views > 0 or $content_id::varchar is not null

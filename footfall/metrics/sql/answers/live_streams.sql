-- Each watched time is cut at the scheduled start and end: before the start is waiting, between is live, after the end
-- is on demand. Somebody is a viewer of a phase where a part of a time is in it; a time of unknown length is a moment.
with streams as (
    select *, coalesce(starts_at < ends_at, false) as has_schedule
    from scope_content
    where content_type = 'live_stream' and ($content_id::varchar is null or content_id = $content_id)
),

-- the part of each time in each phase, as microseconds; its ends in a phase are never the wrong way round
timed as (
    select
        b.content_id,
        b.actor_id,
        b.seconds_viewed,
        -- the part that adds to the person's time without repeats
        case
            when b.covered_until is null or b.covered_until <= b.from_at then epoch_us(b.to_at) - epoch_us(b.from_at)
            when b.covered_until < b.to_at then epoch_us(b.to_at) - epoch_us(b.covered_until)
            else 0
        end as new_us,
        case when s.has_schedule and b.from_at < s.starts_at
            then epoch_us(least(b.to_at, s.starts_at)) - epoch_us(b.from_at) end as waiting_us,
        case when s.has_schedule and b.from_at < s.ends_at
            and (b.to_at > s.starts_at or b.from_at >= s.starts_at)
            then epoch_us(least(b.to_at, s.ends_at)) - epoch_us(greatest(b.from_at, s.starts_at)) end as live_us,
        case when s.has_schedule and (b.to_at > s.ends_at or b.from_at >= s.ends_at)
            then epoch_us(b.to_at) - epoch_us(greatest(b.from_at, s.ends_at)) end as on_demand_us
    from filtered_watching as b
    inner join streams as s on b.content_id = s.content_id
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
        sum(waiting_us) as waiting_us,
        sum(live_us) as live_us,
        sum(on_demand_us) as on_demand_us
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
        count(waiting_us) as waiting_viewers,
        count(live_us) as live_viewers,
        count(on_demand_us) as on_demand_viewers,
        coalesce(sum(waiting_us), 0)::decimal(28, 0) / 1000000 as waiting_seconds,
        coalesce(sum(live_us), 0)::decimal(28, 0) / 1000000 as live_seconds,
        coalesce(sum(on_demand_us), 0)::decimal(28, 0) / 1000000 as on_demand_seconds
    from by_person
    group by content_id
),

peaks as (
    select content_id, viewers, first_minute
    from filtered_audience
    qualify row_number() over (partition by content_id order by viewers desc, first_minute) = 1
)

select
    s.content_id,
    'named' as item_kind,
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
    case when s.has_schedule then coalesce(v.waiting_viewers, 0) end as waiting_viewers,
    case when s.has_schedule then coalesce(v.live_viewers, 0) end as live_viewers,
    case when s.has_schedule then coalesce(v.on_demand_viewers, 0) end as on_demand_viewers,
    case when s.has_schedule then coalesce(v.waiting_seconds, 0) end as waiting_seconds,
    case when s.has_schedule then coalesce(v.live_seconds, 0) end as live_seconds,
    case when s.has_schedule then coalesce(v.on_demand_seconds, 0) end as on_demand_seconds
from streams as s
left join watched as v on s.content_id = v.content_id
left join peaks as p on s.content_id = p.content_id
cross join scope_workspace as w
where v.views > 0 or $content_id::varchar is not null

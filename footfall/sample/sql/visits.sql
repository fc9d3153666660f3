-- When who came: one row per visit, with its device, its start (UTC) and its number of steps.

create table days as
select
    w,
    d::integer as d,
    config.start + to_days(d::integer) as local_day,
    case when d < event_start_day then 'before' when d <= event_end_day then 'event' else 'after' end as phase,
    -- permille of the people who use the app that day: rises towards the event, then fades
    case
        when d < event_start_day then 380 - 35 * least(8, event_start_day - d)
        when d <= event_end_day then 860
        else greatest(60, 330 - 60 * (d - event_end_day))
    end as pull
from workspaces, config, range(config.days) as numbers (d);

create table visits as
with owned as (
    select person, list(device order by slot) as devices from devices where person is not null group by all
),

present as (
    select
        people.w, people.draw as person, people.timezone, people.user_id, people.created_at, days.d, days.phase,
        days.local_day, owned.devices, hash(people.draw, 1000 + days.d) as day_draw
    from people
    inner join days using (w)
    inner join owned on owned.person = people.draw
    where
        hash(hash(people.draw, 1000 + days.d), 1) % 1000
            < least(960, days.pull * people.activity // if(people.is_guest, 400, 100))
        and not (people.leaves and days.d > people.event_start_day)
),

slots as (
    select present.*, unnest(range(1 + (hash(day_draw, 2) % if(phase = 'event', 4, 2))::bigint)) as slot from present
),

drawn as (
    select slots.*, hash(day_draw, 10 + slot) as visit from slots
),

timed as (
    select
        drawn.*,
        local_day + to_hours(hours.hour) + to_milliseconds((hash(visit, 1) % 3600000)::bigint) as starts_local,
        devices[if(hash(visit, 2) % 100 < 62, 1, 1 + (hash(visit, 3) % len(devices))::integer)] as device,
        devices[len(devices)] as other_device,
        (hash(visit, 4) % 1000)::bigint as length_draw
    from drawn
    inner join hours
        on hours.phase = if(drawn.phase = 'event', 'event', 'quiet') and hours.slot = hash(drawn.visit, 5) % 200
),

started as (
    select
        w, person, user_id, d, phase, visit, device, other_device, length_draw,
        in_zone(starts_local, timezone) as started_at
    from timed
    where starts_local > created_at
),

all_visits as (
    select * exclude (other_device) from started
    union all
    -- the phone in the hand while the laptop is open
    select
        * exclude (other_device) replace (
            hash(visit, 6) as visit, other_device as device, length_draw // 2 as length_draw,
            started_at + to_seconds(40 + (hash(visit, 7) % 300)::integer) as started_at
        )
    from started
    where other_device <> device and hash(visit, 8) % 100 < 7
),

marked as (
    select
        all_visits.*,
        devices.os,
        row_number() over (partition by all_visits.device order by started_at, visit) = 1 as is_first_on_device
    from all_visits
    inner join devices using (device)
)

select
    marked.* exclude (length_draw),
    -- one visit in nine is a glance at the first screen
    1 + if(length_draw % 9 = 0, 0, 1 + length_draw * length_draw * 12 // 1000000)::integer
        + if(is_first_on_device, 2, 0) as steps,
    not is_first_on_device and os = 'web' and hash(visit, 9) % 100 < 4 as is_resumed_tab,
    -- no network in the hall: everything is sent hours later
    if(os <> 'web' and hash(visit, 10) % 100 < 3, 3600000 + (hash(visit, 11) % 68400000)::bigint, 0) as offline_ms,
    user_id is not null and not is_first_on_device and hash(visit, 12) % 100 < 3 as signs_in_again
from marked

union all by name

-- a screen in the foyer of the first workspace that nobody ever turns off: heartbeats only
select
    w, person, user_id, event_start_day as d, 'event' as phase, hash(config.seed, 77) as visit, device, os,
    in_zone(config.start + to_days(event_start_day) + to_hours(7), timezone) as started_at,
    false as is_first_on_device, 1 as steps, false as is_resumed_tab, 0 as offline_ms, false as signs_in_again
from workspaces
inner join (select * from devices where w = 0 and is_guest order by device limit 1) using (w)
cross join config;

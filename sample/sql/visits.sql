-- When who came: one row per visit, with its device, its start (UTC) and its number of steps.

create table days as
select w, d::integer as d, config.start + to_days(d::integer) as local_day,
    case when d < event_start_day then 'before' when d <= event_end_day then 'event' else 'after' end as phase,
    -- permille of people that use the app that day: rises towards the event, then fades
    case when d < event_start_day then 380 - 35 * least(8, event_start_day - d)
        when d <= event_end_day then 860 else greatest(60, 330 - 60 * (d - event_end_day)) end as pull
from workspaces, config, range(config.days) as numbers(d);

create table visits as
with owned as (
    select person, w, p, list(device order by slot) as devices from devices where person is not null group by all
),
present as (
    select people.w, people.p, people.draw as person, people.timezone, people.user_id, days.d, days.phase, days.local_day,
        people.created_at, people.role, devices, hash(people.draw, 1000 + days.d) as day_draw
    from people
    inner join days using (w)
    inner join owned using (w, p)
    where hash(hash(people.draw, 1000 + days.d), 1) % 1000 < least(960, days.pull * people.activity // if(people.is_guest, 400, 100))
        and not (people.leaves and days.d > people.event_start_day)
),
slots as (
    select present.*, unnest(range(1 + (hash(day_draw, 2) % if(phase = 'event', 4, 2))::bigint)) as slot from present
),
drawn as (
    select slots.*, hash(day_draw, 10 + slot) as visit from slots
),
timed as (
    select drawn.* exclude (devices), hours.hour,
        local_day + to_hours(hours.hour) + to_milliseconds((hash(visit, 1) % 3600000)::bigint) as starts_local,
        devices[if(hash(visit, 2) % 100 < 62, 1, 1 + (hash(visit, 3) % len(devices))::integer)] as device,
        devices[len(devices)] as other_device,
        (hash(visit, 4) % 1000)::bigint as length_draw
    from drawn
    inner join hours on hours.phase = if(drawn.phase = 'event', 'event', 'quiet') and hours.slot = hash(drawn.visit, 5) % 200
),
started as (
    select w, p, person, user_id, d, phase, visit, device, other_device,
        timezone('UTC', timezone(timezone, starts_local)) as started_at, length_draw
    from timed
    where starts_local > created_at
),
all_visits as (
    select * exclude (other_device), false as is_companion from started
    union all
    -- the phone in the hand while the laptop is open
    select * exclude (other_device) replace (
        hash(visit, 6) as visit, other_device as device, started_at + to_seconds(40 + (hash(visit, 7) % 300)::integer) as started_at,
        (length_draw // 2) as length_draw
    ), true as is_companion
    from started
    where other_device <> device and hash(visit, 8) % 100 < 7
),
marked as (
    select all_visits.*, devices.os,
        row_number() over (partition by all_visits.device order by started_at, visit) = 1 as is_first_on_device
    from all_visits
    inner join devices using (device)
)
select marked.* exclude (length_draw, is_companion),
    1 + (length_draw * length_draw * 13 // 1000000)::integer + if(is_first_on_device, 2, 0) as steps,
    not is_first_on_device and os = 'web' and hash(visit, 9) % 100 < 4 as is_resumed_tab,
    -- no network in the hall: everything is sent hours later
    if(os <> 'web' and hash(visit, 10) % 100 < 3, 3600000 + (hash(visit, 11) % 68400000)::bigint, 0) as offline_ms,
    user_id is not null and (not is_first_on_device) and hash(visit, 12) % 100 < 3 as signs_in_again
from marked
union all by name
-- a screen in the foyer of the first workspace that nobody ever closes, only its heartbeats
select workspaces.w, devices.p, person, user_id, workspaces.event_start_day as d, 'event' as phase, hash(config.seed, 77) as visit, device,
    timezone('UTC', timezone(workspaces.timezone, config.start + to_days(workspaces.event_start_day) + to_hours(7))) as started_at,
    os, false as is_first_on_device, 1 as steps, false as is_resumed_tab, 0 as offline_ms, false as signs_in_again
from workspaces
inner join devices on devices.w = workspaces.w and devices.is_guest
cross join config
where workspaces.w = 0 and devices.device = (select min(device) from devices where w = 0 and is_guest);

-- What people did about meetings, as events of their devices, or of the server when they answered an e-mail.

insert into events
with acts as (
    select
        changes.w, changes.meeting_id, people.p, changes.changed_at, changes.event, hash(changes.draw, 50 + n) as draw
    from meeting_changes as changes
    inner join meeting_people as people
        on people.w = changes.w and people.meeting_id = changes.meeting_id
        and people.seat = if(changes.event in ('Meeting Accepted', 'Meeting Declined'), 1, 0)
    where changes.event is not null
    union all
    select w, meeting_id, p, joined_at, 'Meeting Joined', hash(seat_draw, 9)
    from meeting_people
    where has_evidence and came and response = 'accepted'
),

owned as (
    select w, p, user_id, min_by(device, slot) as device from devices where person is not null group by all
),

placed as (
    select
        acts.w, acts.meeting_id, acts.event, acts.draw, owned.user_id,
        if(
            acts.event in ('Meeting Accepted', 'Meeting Declined') and acts.draw % 100 < 25,
            servers.device, owned.device
        ) as device,
        changed_at + to_milliseconds((hash(acts.draw, 1) % 1000)::bigint) as occurred_at
    from acts
    inner join owned using (w, p)
    inner join devices as servers on servers.w = acts.w and servers.os = 'server'
    cross join config
    where changed_at >= config.start and changed_at < config.start + to_days(config.days::integer)
)

select
    w, device, draw as id, 0 as copy, user_id, event, false as is_own, 0 as item_draw, null as duration_ms, meeting_id,
    occurred_at, occurred_at + interval 1 second as sent_at, occurred_at + interval 1100 milliseconds as received_at,
    null as arrived_at, null as fault, null as outcome, null as reason
from placed;

-- Meetings: their participants and times, and every change of a meeting (status or time) or of a participant's part.

create table meetings as
with numbered as (
    select
        workspaces.w, workspace_id, timezone, event_start_day, event_end_day, m,
        hash(config.seed, workspaces.w, 7000000 + m) as draw
    from workspaces, config, range(greatest(4, config.participants // 3)) as numbers (m)
),

drawn as (
    select
        numbered.*,
        'mtg-' || lpad((m + 1)::varchar, greatest(5, len((m + 1)::varchar))::integer, '0') as meeting_id,
        if(hash(draw, 1) % 100 < 15, 'group', 'one_to_one') as kind,
        (hash(draw, 2) % 100)::integer as fate,
        hash(draw, 3) % 100 < 18 as is_rescheduled,
        event_start_day + (hash(draw, 4) % (event_end_day - event_start_day + 1))::integer as held_on,
        9 * 60 + 15 * (hash(draw, 5) % 34)::integer as start_minute,
        [15, 20, 30, 30, 45, 60][1 + (hash(draw, 6) % 6)::integer] as minutes
    from numbered
),

timed as (
    select
        drawn.*,
        in_zone(config.start + to_days(held_on) + to_minutes(start_minute), timezone) as first_start,
        -- requested up to a week before, answered within a third of the time left
        first_start - to_seconds(7200 + (hash(draw, 7) % (86400 * least(7, held_on + 1)))::integer) as created_at
    from drawn, config
)

select
    timed.*,
    created_at + to_seconds(
        300 + (hash(draw, 8) % greatest(60, datediff('second', created_at, first_start) // 3))::integer
    ) as answered_at,
    if(is_rescheduled and fate < 72, first_start + to_minutes(30 + 30 * (hash(draw, 9) % 3)::integer), first_start)
        as last_start,
    case
        when fate < 62 then 'accepted'
        when fate < 72 then 'cancelled'
        when fate < 84 then 'declined'
        when fate < 92 then 'expired'
        else 'requested'
    end as last_status
from timed;

create table meeting_changes as
with changes as (
    select
        *, 0 as n, 'requested' as status, first_start as starts, created_at as changed_at,
        'Meeting Requested' as event
    from meetings
    union all
    select *, 1, 'accepted', first_start, answered_at, 'Meeting Accepted'
    from meetings where last_status in ('accepted', 'cancelled')
    union all
    select *, 1, 'declined', first_start, answered_at, 'Meeting Declined'
    from meetings where last_status = 'declined'
    union all
    select
        *, 2, 'accepted', last_start, answered_at + to_minutes(20 + (hash(draw, 10) % 30)::integer),
        'Meeting Rescheduled'
    from meetings where last_start <> first_start
    union all
    select
        *, 3, 'cancelled', last_start, answered_at + to_minutes(55 + (hash(draw, 11) % 20)::integer),
        'Meeting Cancelled'
    from meetings where last_status = 'cancelled'
    union all
    select *, 3, 'expired', first_start, first_start, null
    from meetings where last_status = 'expired'
)

select changes.*, starts + to_minutes(minutes) as ends from changes;

create table meeting_people as
with seats as (
    select meetings.*, unnest(range(if(kind = 'group', 3 + (hash(draw, 12) % 4)::integer, 2))) as seat from meetings
),

seated as (
    select
        seats.*,
        -- at most six seats, each the same number of people further on: nobody sits twice
        ((hash(draw, 13) % config.participants)::bigint
            + seat * (1 + (hash(draw, 14) % greatest(1, (config.participants - 1) // 6))::bigint))
            % config.participants as p,
        hash(draw, 20 + seat) as seat_draw,
        last_status = 'accepted' and hash(draw, 15) % 100 < 60 as has_evidence
    from seats, config
)

select
    seated.*,
    case
        when seat = 0 then 'accepted'
        when last_status = 'declined' then 'declined'
        when last_status not in ('accepted', 'cancelled') then 'pending'
        when seat = 1 or hash(seat_draw, 1) % 100 < 80 then 'accepted'
        else 'declined'
    end as response,
    hash(seat_draw, 2) % 100 < 88 as came,
    last_start + to_seconds((hash(seat_draw, 3) % 240)::integer - 60) as joined_at,
    last_start + to_minutes(minutes) + to_seconds((hash(seat_draw, 4) % 600)::integer - 240) as left_at
from seated;

create table meeting_people_changes as
select
    w, workspace_id, meeting_id, p, 'pending' as response, null::boolean as attended, null::timestamp as joined_at,
    null::timestamp as left_at, created_at as changed_at
from meeting_people where seat > 0
union all
select w, workspace_id, meeting_id, p, response, null, null, null, if(seat = 0, created_at, answered_at)
from meeting_people where seat = 0 or response <> 'pending'
union all
select
    w, workspace_id, meeting_id, p, response, came, if(came, joined_at, null), if(came, left_at, null),
    last_start + to_minutes(minutes + 15)
from meeting_people where has_evidence and response = 'accepted';

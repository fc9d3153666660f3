-- The faults of a dirty sample, planted among the new rows (those without arrived_at). Variables: share (of the lines);
-- planted (faults so far, so that on small days the names take turns too).
-- A fault changes a row (faulty_lines.sql then writes its line) or adds a copy of it.

create or replace temp table planted as
with chosen as (
    select id, getvariable('planted') + row_number() over (order by hash(id, 900), id) - 1 as n
    from events
    inner join devices using (device, w)
    where
        arrived_at is null
        and devices.os <> 'server'
        and received_at >= (select start from config)
        and hash(id, 901) % 1000000 < getvariable('share') * 1000000
)

select chosen.id, faults.fault, hash(chosen.id, 950) as draw
from chosen
inner join faults
    on faults.slot = if(
        n % 400 in (select slot from faults where is_rare), n % 400, n % (select count(*) from faults where not is_rare)
    )
    and faults.is_rare = (n % 400 in (select slot from faults where is_rare));

-- in place: a wrong clock, or what faulty_lines.sql changes in the text; an even draw is exactly at the limit
update events set
    fault = planted.fault,
    outcome = faults.outcome,
    reason = faults.reason,
    event = if(planted.fault = 'unknown_event', getvariable('unknown_event'), event),
    occurred_at = case planted.fault
        when 'late' then sent_at - to_milliseconds(3600000 + (draw % 2500000000)::bigint)
        when 'late_at_limit' then sent_at - interval 30 day
        when 'too_late' then sent_at - interval 30 day - to_milliseconds(1 + (draw % 5000000000 * (draw % 2))::bigint)
        when 'clock_ahead_at_limit' then sent_at + interval 5 minute
        when 'future' then sent_at + interval 5 minute + to_milliseconds(1 + (draw % 200000000 * (draw % 2))::bigint)
        else occurred_at
    end
from planted
inner join faults using (fault)
where planted.id = events.id and not faults.is_copy;

-- copies: the same bytes again, or sent again later, or delayed by a collector: received before the first line
insert into events by name
with copies as (
    select
        events.*, planted.fault as copy_fault, faults.outcome as copy_outcome, faults.reason as copy_reason,
        to_milliseconds(if(shift_ms > 0, shift_ms * (1 + (draw % 1000)::bigint), shift_ms)) as shift,
        -- a retry takes another route through the network
        to_milliseconds(if(shift_ms > 0, 5, 0)) as slower,
        to_milliseconds(if(shift_ms > 0, 0, 60000 + (draw % 140000000)::bigint)) as kept_back
    from planted
    inner join faults using (fault)
    inner join events using (id)
    where faults.is_copy
)

select
    * exclude (copy_fault, copy_outcome, copy_reason, shift, slower, kept_back) replace (
        1 as copy, copy_fault as fault, copy_outcome as outcome, copy_reason as reason, sent_at + shift as sent_at,
        received_at + shift + slower as received_at, received_at + shift + slower + kept_back as arrived_at
    )
from copies;

-- where the copy was received first, the first line loses
update events set outcome = faults.loser_outcome, reason = faults.loser_reason
from planted
inner join faults using (fault)
where planted.id = events.id and events.copy = 0 and faults.loser_outcome is not null;

insert into events by name
select
    events.* replace (
        2 as copy, 'blank_line' as fault, 'no_line' as outcome, null as reason, received_at as arrived_at
    )
from planted
inner join events on events.id = planted.id and events.copy = 0
where planted.fault = 'blank_line_after';

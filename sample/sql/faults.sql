-- The faults of a dirty sample, planted among the rows just made (those without arrived_at).
-- Variables: share, theirs of the lines; planted, how many there are already, so that small days take turns too.
-- A fault changes a row (its line is then written by faulty_lines.sql), or adds a copy of it.

create or replace temp table planted as
select events.id, faults.fault, hash(events.id, 950) as draw
from (
    select id, getvariable('planted') + row_number() over (order by hash(id, 900), id) - 1 as n
    from events inner join devices on devices.device = events.device and devices.w = events.w
    where arrived_at is null and devices.os <> 'server' and received_at >= (select start from config)
        and hash(id, 901) % 1000000 < getvariable('share') * 1000000
) as events
inner join faults on if(faults.is_rare, events.n % 400 = faults.slot, events.n % 400 not in (select slot from faults where is_rare)
    and events.n % (select count(*) from faults where not is_rare) = faults.slot);

-- in place: wrong text, or a wrong clock
update events set
    fault = planted.fault, outcome = faults.outcome, reason = faults.reason,
    event = if(planted.fault = 'unknown_event', getvariable('unknown_event'), event),
    occurred_at = case planted.fault
        when 'late' then sent_at - to_milliseconds(3600000 + (planted.draw % 2500000000)::bigint)
        when 'late_at_limit' then sent_at - interval 30 day
        when 'too_late' then sent_at - interval 30 day - to_milliseconds(1 + (planted.draw % 5000000000)::bigint * (planted.draw % 2)::bigint)
        when 'clock_ahead_at_limit' then sent_at + interval 5 minute
        when 'future' then sent_at + interval 5 minute + to_milliseconds(1 + (planted.draw % 200000000)::bigint * (planted.draw % 2)::bigint)
        else occurred_at
    end
from planted inner join faults using (fault)
where planted.id = events.id and not faults.is_copy;

-- copies: the same bytes again; sent again later; kept back by one collector and so older than what came before it;
-- and the same three ways with other content. The winner is the line received first.
insert into events by name
select
    events.* replace (
        1 as copy, planted.fault as fault, faults.outcome as outcome, faults.reason as reason,
        received_at + to_milliseconds(faults.shift_ms * if(faults.shift_ms > 0, 1 + (draw % 1000)::bigint, 1) + if(faults.shift_ms > 0, 5, 0)) as received_at,
        sent_at + to_milliseconds(faults.shift_ms * if(faults.shift_ms > 0, 1 + (draw % 1000)::bigint, 1)) as sent_at,
        received_at + to_milliseconds(greatest(0, faults.shift_ms) * (1 + (draw % 1000)::bigint)
            + if(faults.shift_ms <= 0, 60000 + (draw % 140000000)::bigint, 5)) as arrived_at
    )
from planted inner join faults using (fault) inner join events using (id)
where faults.is_copy;

-- where the copy was received first, it is the first line that loses
update events set outcome = faults.loser_outcome, reason = faults.loser_reason
from planted inner join faults using (fault)
where planted.id = events.id and events.copy = 0 and faults.loser_outcome is not null;

insert into events by name
select events.* replace (2 as copy, 'blank_line' as fault, 'no_line' as outcome, null as reason, received_at as arrived_at)
from planted inner join events on events.id = planted.id and events.copy = 0
where planted.fault = 'blank_line_after';

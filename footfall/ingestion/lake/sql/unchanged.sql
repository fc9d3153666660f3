-- Lines a backfill read again: live before, live after. Whether their rows are the same is looked at next.
create or replace temp table still_live as
select fresh.part, fresh.file_id, fresh.line_number, earlier.seq
from decisions as fresh
inner join decisions as earlier
    on fresh.key_high = earlier.key_high and fresh.key_low = earlier.key_low
    and fresh.file_id = earlier.file_id and fresh.line_number = earlier.line_number
where fresh.origin = 'new' and fresh.after = 'live' and earlier.origin = 'withdrawn' and earlier.before = 'live';
create or replace temp table unchanged (part integer, file_id varchar, line_number bigint);

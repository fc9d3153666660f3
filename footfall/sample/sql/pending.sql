-- Events not written yet, and those of the day that is being written.

create table events (
    w bigint, device ubigint, id ubigint, copy integer, user_id varchar, event varchar, is_own boolean,
    item_draw integer, duration_ms bigint, meeting_id varchar, occurred_at timestamp, sent_at timestamp,
    received_at timestamp, arrived_at timestamp, fault varchar, outcome varchar, reason varchar
);

create table due as select * from events;

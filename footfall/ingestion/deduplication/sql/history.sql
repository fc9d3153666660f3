-- Lines of earlier commits with a key that this commit touches; withdrawn ones are those of the commits it replaces.
create or replace temp table history (
    key_low ubigint, key_high ubigint, received_at timestamp, occurred_at timestamp, sent_at timestamp,
    content_hash varchar, repaired varchar, load_date date, path varchar, file_id varchar, line_number bigint,
    seq bigint
);
create or replace temp table withdrawn as from history;

-- Scratch tables of one commit.
-- the landing files it reads and trusts
create or replace temp table files (file_no integer, file_id varchar, path varchar);
-- workspaces, and whether their cookie banner is on
create or replace temp table banners (workspace_id varchar, is_on boolean, is_assumed boolean);
-- valid lines; part: the number of the lake file they are in
create or replace temp table lines (
    key_low ubigint, key_high ubigint, received_at timestamp, occurred_at timestamp, sent_at timestamp,
    content_hash varchar, repaired varchar, file_no integer, line_number bigint, part integer
);
-- optional values that could not be used, of valid lines; `lines.repaired` has `field: problem` of a line's own
create or replace temp table repaired_values (
    file_no integer, line_number bigint, field varchar, problem varchar, value varchar
);
-- lines of entities with such a value, by file and the lake's column `repaired`
create or replace temp table repaired_entities (file_no integer, repaired varchar, lines bigint);
-- lines with an id that was cleaned, by file
create or replace temp table cleaned_ids (file_no integer, lines bigint);
-- rejected lines of this commit's files, and lines of earlier files (by file_id) that became conflicts
create or replace temp table rejected (
    file_no integer, line_number bigint, reason varchar, detail varchar, raw varchar, raw_bytes blob,
    load_date date, path varchar, file_id varchar, workspace_id varchar
);
-- lines of event files that cannot be validated; is_whole: raw is the complete line; answers: about consent, in raw
create or replace temp table unreadable (
    file_no integer, line_number bigint, reason varchar, detail varchar, raw varchar, raw_bytes blob, is_whole boolean,
    answers varchar[]
);
-- lines of earlier files that are no longer conflicts
create or replace temp table released (file_id varchar, line_number bigint);
-- lines without consent: only their number
create or replace temp table without_consent (file_no integer, workspace_id varchar, lines bigint);
-- lines of erased people; and other people's lines that name them (`match_erased.find_mentions`)
create or replace temp table erased (file_no integer, line_number bigint);
create or replace temp table mention_lines (
    file_no integer, line_number bigint, workspace_id varchar, role varchar, member varchar, value varchar
);
-- workspaces of its lines, where somebody was erased
create or replace temp table seen_workspaces (workspace_id varchar);

-- Typed lines to events, quarantine and ledger: copies are decided, every line ends in one place.

-- Copies of one message: the first received stays; the same content again is a duplicate, other content a conflict.
create or replace temp table copies as
select
    file_no, line_number,
    row_number() over one_message as place,
    md5(row(user_id, anonymous_id, device_id, type, event, coalesce(original_at, occurred_at), os, module, content_type,
        content_id, content_title, duration_seconds, query, results, properties)::varchar) as words,
    first_value(words) over one_message as first_words
from validated
where reason is null and hash(workspace_id, message_id) in (
    select hash(workspace_id, message_id) from validated where reason is null
    group by hash(workspace_id, message_id) having count(*) > 1
)
window one_message as (partition by workspace_id, message_id order by received_at nulls last, occurred_at);

create or replace table events as
select * exclude (reason, raw) from validated
where reason is null and (file_no, line_number) not in (select (file_no, line_number) from copies where place > 1);

-- Rows were numbered without the lines that the reader skips; here they get their line number in the file.
create or replace table quarantine as
select
    validated.file_no,
    validated.line_number + (
        select count(*) from left_out
        where left_out.file_no = validated.file_no and left_out.line_number - left_out.place < validated.line_number
    ) as line_number,
    coalesce(reason, 'conflicting_duplicate') as reason, encode(lines.line) as raw
from validated
inner join lines on validated.file_no = lines.file_no and validated.line_number = lines.line_number
left join copies on validated.file_no = copies.file_no and validated.line_number = copies.line_number
where reason <> 'no_consent' or (place > 1 and words <> first_words)
union all
select file_no, line_number, 'bad_encoding', raw from broken;

create or replace table ledger as
select
    file_no, count(*) as lines_in,
    count(*) filter (where reason is null and coalesce(place, 1) = 1) as loaded,
    count(*) filter (where place > 1 and words = first_words) as duplicates,
    count(*) filter (where reason = 'no_consent') as no_consent,
    count(*) filter (where reason <> 'no_consent' or (place > 1 and words <> first_words)) as quarantined
from (
    select file_no, line_number, reason from validated
    union all
    select file_no, -line_number, 'bad_encoding' from broken
) left join copies using (file_no, line_number)
group by file_no;

-- Kept of a validated slice besides its lake file: keys of valid lines, rejected lines, counts without consent.
insert into lines
select
    (message_key & 18446744073709551615::uhugeint)::ubigint as key_low, (message_key >> 64)::ubigint as key_high,
    received_at, occurred_at, sent_at, content_hash, repaired_text(repairs) as repaired, file_no, line_number,
    $part as part
from validated
where reason is null;
insert into rejected by name
select file_no, line_number, workspace_id, reason, detail, regexp_replace(raw, '\r?\n$', '') as raw
from validated
where reason not in ('no_consent', 'erased');
insert into without_consent
select file_no, workspace_id, count(*) as lines
from validated
where reason = 'no_consent'
group by file_no, workspace_id;
insert into erased
select file_no, line_number
from validated
where reason = 'erased';
insert into repaired_values
select file_no, line_number, unnest(
    from_json(repairs, '[{"field":"VARCHAR","problem":"VARCHAR","value":"VARCHAR"}]'), recursive := true
)
from validated
where repairs is not null and reason is null;
insert into cleaned_ids
select file_no, count(*) as lines
from validated
where has_cleaned_id and (reason is null or reason not in ('no_consent', 'erased'))
group by file_no;

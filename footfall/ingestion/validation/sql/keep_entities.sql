-- rejected lines of entity files, with the rejected lines of events
insert into rejected by name
select file_no, line_number, workspace_id, reason, detail, regexp_replace(raw, '\r?\n$', '') as raw
from versions
where reason <> 'erased';
insert into erased
select file_no, line_number
from versions
where reason = 'erased';
insert into repaired_values
select file_no, line_number, unnest(
    from_json(repairs, '[{"field":"VARCHAR","problem":"VARCHAR","value":"VARCHAR"}]'), recursive := true
)
from versions
where reason is null and repairs is not null;
insert into repaired_entities
select file_no, repaired, count(*) as lines
from versions
where reason is null and repaired is not null
group by file_no, repaired;
insert into cleaned_ids
select file_no, count(*) as lines
from versions
where has_cleaned_id and reason is distinct from 'erased'
group by file_no;

-- rejected lines of entity files, with the rejected lines of events
insert into rejected by name
select file_no, line_number, workspace_id, reason, detail, regexp_replace(raw, '\r?\n$', '') as raw
from versions
where reason <> 'erased';
insert into erased
select file_no, line_number
from versions
where reason = 'erased';

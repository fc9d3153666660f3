-- rejected lines of entity files, with the rejected lines of events
insert into rejected by name
select file_no, line_number, reason, detail, regexp_replace(raw, '\r?\n$', '') as raw
from versions
where reason is not null;

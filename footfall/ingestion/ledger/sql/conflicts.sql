-- Lines that enter or leave quarantine by the decision between copies.
create or replace temp table conflicts as
select load_date, path, file_id, file_no, line_number, winner
from decisions
where after = 'conflict' and (origin = 'new' or before <> 'conflict');

create or replace temp table still_conflicts as
select file_id, line_number
from decisions
where origin = 'old' and before = 'conflict' and after = 'conflict';

-- entries of earlier commits for lines whose state changes, or whose file is read again or gone
insert into released
select file_id, line_number
from decisions
where (origin = 'old' and before <> after) or (origin = 'withdrawn' and before = 'conflict');

create or replace temp table conflict_texts (file_id varchar, line_number bigint, raw varchar);

-- Lines that come into quarantine or leave it by the decision between copies.
create or replace temp table conflicts as
select load_date, path, file_id, file_no, line_number, winner
from verdicts
where after = 'conflict' and (origin = 'new' or before <> 'conflict');

create or replace temp table still_conflicts as
select file_id, line_number
from verdicts
where origin = 'old' and before = 'conflict' and after = 'conflict';

-- whatever earlier commits said of a line whose state changes, or whose file is read anew or gone, is said no longer
insert into released
select file_id, line_number
from verdicts
where (origin = 'old' and before <> after) or (origin = 'withdrawn' and before = 'conflict');

create or replace temp table conflict_texts(file_id varchar, line_number bigint, raw varchar);

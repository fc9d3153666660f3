-- Lines of event files that are not text, too long, or not a record (table `unreadable`):
-- those without consent are only counted.
insert into without_consent
select file_no, workspace_in(raw) as workspace_id, count(*) as lines
from unreadable
where is_refusal(answers)
group by all;
insert into rejected by name
with readable_parts as (
    select
        *,
        may_be_refusal(raw, answers, $has_consent_column or not is_whole and len(answers) = 0) as is_withheld
    from unreadable
    where not is_refusal(answers)
)
select
    file_no, line_number, reason,
    if(is_withheld, with_text_withheld(detail), detail) as detail,
    if(is_withheld, null, raw) as raw,
    if(is_withheld, null, raw_bytes) as raw_bytes
from readable_parts;

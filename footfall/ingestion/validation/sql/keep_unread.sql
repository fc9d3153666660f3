-- Lines of event files that are no text, too long, or no record (table `unread`): those refused are counted and no more.
insert into refused
select file_no, workspace_in(raw) as workspace_id, count(*) as lines
from unread
where is_refused_in(raw)
group by all;
insert into rejected by name
with judged_by_text as (
    select *, may_be_refused(raw, $hides or not is_whole and len(answers_in(raw)) = 0) as is_withheld
    from unread
    where not is_refused_in(raw)
)
select
    file_no, line_number, reason,
    if(is_withheld, with_text_withheld(detail), detail) as detail,
    if(is_withheld, null, raw) as raw,
    if(is_withheld, null, raw_bytes) as raw_bytes
from judged_by_text;

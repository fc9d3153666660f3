-- Items of the paths of visits that start in the report, by number within their level, and how often each is a step;
-- with $user only that user's. Grain: one row per level, item.
select
    p.level,
    p.item_no,
    i.item,
    i.kind,
    i.kind = 'unmapped' as is_unmapped,
    p.steps,
    (row_number() over (partition by p.level order by i.item, i.kind) - 1)::integer as number
from (
    select s.level, s.item_no, count(*) as steps
    from scope_steps as s
    cross join report_range as r
    where
        s.local_date between r.start_date and r.end_date
        and ($user::varchar is null or s.user_no in (select u.user_no from report_people as u))
    group by s.level, s.item_no
) as p
inner join scope_items as i on p.item_no = i.item_no

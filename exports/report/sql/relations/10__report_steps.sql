-- Steps of the paths of visits that start in the report; with $user only that user's. Grain: one row per level, visit,
-- step.
select
    s.level,
    s.step,
    date_diff('day', r.start_date, s.local_date)::integer + 1 as day,
    s.user_no,
    s.item_no,
    s.next_no,
    s.is_end,
    s.interactions,
    (s.seconds_on_item::decimal(38, 3) * 1000)::bigint as ms
from scope_steps as s
cross join report_range as r
where
    s.local_date between r.start_date and r.end_date
    and ($user::varchar is null or s.user_no in (select p.user_no from report_people as p))

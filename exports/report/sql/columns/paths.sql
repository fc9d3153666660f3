-- Steps of visits that start in the range. Grain: one row per visit, step, by number and step.
select
    v.visit,
    s.step,
    p.number as item,
    (s.next_item = '(continues)')::bigint as continues,
    s.views,
    (s.seconds_on_item * 1000)::bigint as ms
from scope_steps as s
cross join report_range as r
inner join report_numbered_visits as v on s.visit_id = v.visit_id
inner join report_path_items as p on s.level = p.level and s.item = p.item
where s.level = $level and s.local_date between r.start_date and r.end_date
order by v.visit, s.step

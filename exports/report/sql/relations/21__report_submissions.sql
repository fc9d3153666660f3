-- Submissions of forms. Grain: one row per submission.
select
    c.item,
    d.actor_id,
    date_diff('day', r.start_date, d.local_date) + 1 as day
from scope_actions as d
cross join report_range as r
inner join report_items as c on d.content_type = c.content_type and d.content_id = c.content_id
where d.local_date between r.start_date and r.end_date and d.action = 'submit' and d.content_type = 'form'

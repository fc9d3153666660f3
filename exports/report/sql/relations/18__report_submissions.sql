-- Submissions of forms. Grain: one row per submission.
select
    c.item,
    coalesce(d.user_no, g.actor_no) as actor_no,
    date_diff('day', r.start_date, d.local_date) + 1 as day
from scope_actions as d
cross join report_range as r
inner join report_items as c on d.content_type = c.content_type and d.content_id = c.content_id
left join report_guests as g on case when d.user_no is null then d.actor_id end = g.actor_id
where d.local_date between r.start_date and r.end_date and d.action = 'submit' and d.content_type = 'form'

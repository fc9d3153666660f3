-- Form submissions. Grain: one row per actor, day, item.
select
    a.actor,
    date_diff('day', r.start_date, d.local_date) + 1 as day,
    c.item,
    count(*) as n
from scope_actions as d
cross join report_range as r
inner join report_actors as a on d.actor_id = a.actor_id and (d.user_no is null) = a.is_guest
inner join report_items as c on d.content_type = c.content_type and d.content_id = c.content_id
where d.local_date between r.start_date and r.end_date and d.action = 'submit' and d.content_type = 'form'
group by all
order by a.actor, day, c.item

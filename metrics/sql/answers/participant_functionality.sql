select
    p.shown_id as user_id,
    u.module,
    sum(u.interactions) as interactions,
    sum(u.views) as views,
    count(distinct case when u.interactions > 0 then u.visit_no end) as visits,
    sum(u.engaged_seconds) as engaged_seconds
from asked_usage as u
inner join asked_people as p on u.user_no = p.user_no
group by p.shown_id, u.module
having sum(u.interactions) > 0 or sum(u.engaged_seconds) > 0

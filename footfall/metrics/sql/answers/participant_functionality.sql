-- By number first: grouping by ids takes twice the memory.
with used as (
    select
        user_no,
        module,
        module_kind,
        sum(interactions) as interactions,
        sum(views) as views,
        count(distinct case when interactions > 0 then visit_no end) as visits,
        sum(engaged_seconds) as engaged_seconds
    from filtered_usage
    where user_no is not null
    group by user_no, module, module_kind
    having sum(interactions) > 0 or sum(engaged_seconds) > 0
)

select
    p.shown_id as user_id,
    u.module,
    u.module_kind,
    u.interactions,
    u.views,
    u.visits,
    u.engaged_seconds
from used as u
inner join filtered_people as p on u.user_no = p.user_no

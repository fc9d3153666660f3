-- Everyone in the report by number: first users who may be named, the most active first; then anonymized users; then
-- guests. A number reveals nothing about an id. Grain: one row per actor_id, is_guest.
with active as (
    select
        u.user_no,
        sum(u.interactions) as interactions
    from scope_usage as u
    cross join report_range as r
    where u.local_date between r.start_date and r.end_date
    group by u.user_no
),

guests as (
    select v.actor_id
    from report_visits as v
    where v.is_guest
    union
    select v.actor_id
    from scope_views as v cross join report_range as r
    where v.user_no is null and v.local_date between r.start_date and r.end_date
    union
    select d.actor_id
    from scope_actions as d cross join report_range as r
    where d.user_no is null and d.local_date between r.start_date and r.end_date
),

everyone as (
    select
        p.user_id as actor_id,
        p.user_no,
        p.shown_id,
        case when p.is_anonymized then 1 else 0 end as kind_order
    from scope_people as p
    union all
    select g.actor_id, null as user_no, g.actor_id as shown_id, 2 as kind_order
    from guests as g
)

select
    e.actor_id,
    e.user_no,
    e.kind_order = 2 as is_guest,
    (row_number() over (order by e.kind_order, coalesce(a.interactions, 0) desc, e.shown_id) - 1)::bigint as actor
from everyone as e
left join active as a on e.user_no = a.user_no

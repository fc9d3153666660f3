-- Everyone in the report by number: those who may have a page first, the most active on top; then the anonymized;
-- then guests. The number says nothing about an id. Grain: one row per actor.
with active as (
    select
        u.actor_id,
        sum(u.interactions) as interactions
    from scope_usage as u
    cross join report_range as r
    where u.local_date between r.start_date and r.end_date
    group by u.actor_id
),

guests as (
    select distinct v.actor_id from report_visits as v where v.user_id is null
    union
    select distinct v.actor_id
    from scope_views as v cross join report_range as r
    where v.user_id is null and v.local_date between r.start_date and r.end_date
    union
    select distinct s.actor_id
    from scope_searches as s cross join report_range as r
    where s.user_id is null and s.local_date between r.start_date and r.end_date
    union
    select distinct d.actor_id
    from scope_actions as d cross join report_range as r
    where d.user_id is null and d.local_date between r.start_date and r.end_date
),

everyone as (
    select p.user_id as actor_id, p.shown_id, case when p.is_anonymized then 1 else 0 end as rank from scope_people as p
    union all
    select g.actor_id, g.actor_id as shown_id, 2 as rank from guests as g
)

select
    e.actor_id,
    e.rank = 2 as is_guest,
    (row_number() over (order by e.rank, coalesce(a.interactions, 0) desc, e.shown_id) - 1)::bigint as actor
from everyone as e
left join active as a on e.actor_id = a.actor_id

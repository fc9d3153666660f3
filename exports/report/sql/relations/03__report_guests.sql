-- Guests by number, after the users: numbers of people are counted faster than ids. Grain: one row per guest.
with guests as (
    select v.actor_id
    from scope_visits as v
    where v.is_guest
    union
    select w.actor_id
    from scope_views as w
    where w.user_no is null
    union
    select d.actor_id
    from scope_actions as d
    where d.user_no is null
)

select
    g.actor_id,
    (row_number() over () + (select coalesce(max(p.user_no), 0) from scope_people as p))::integer as actor_no
from guests as g

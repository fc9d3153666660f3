-- The own people of each sponsor: participants of role sponsor whose company is the sponsor's title (case and outer
-- spaces aside), and participants whose profile names the sponsor. user_no is null for those who do not count.
-- Grain: one row per sponsor, user.
with staff as (
    select
        s.content_id as sponsor_id,
        p.user_id
    from scope_content as s
    inner join scope_everyone as p on lower(trim(p.company)) = lower(trim(s.title))
    where s.content_type = 'sponsor' and p.role = 'sponsor'
    union
    select
        u.sponsor_id,
        u.content_id as user_id
    from marts.dim_content as u
    where u.workspace_id = $workspace and u.content_type = 'user' and u.sponsor_id is not null
)

select
    s.sponsor_id,
    s.user_id,
    p.user_no
from staff as s
left join scope_people as p on s.user_id = p.user_id

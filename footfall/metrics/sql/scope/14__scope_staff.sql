-- The own people of each sponsor. user_no is null for those who do not count. Grain: one row per sponsor, user.
select
    s.sponsor_id,
    s.user_id,
    p.user_no
from marts.dim_sponsor_staff as s
left join scope_people as p on s.user_id = p.user_id
where s.workspace_id = $workspace

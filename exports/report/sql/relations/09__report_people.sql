-- Users who may be named by number, the most active first; those before $pages have a page of their own. With $user
-- only that one. A number reveals nothing about an id. Grain: one row per user.
with active as (
    select
        u.user_no,
        sum(u.interactions) as interactions
    from report_usage as u
    group by u.user_no
),

numbered as (
    select
        p.user_no,
        p.user_id,
        p.shown_id,
        p.name,
        p.company,
        p.profile_url,
        (row_number() over (order by coalesce(a.interactions, 0) desc, p.shown_id) - 1)::integer as person
    from scope_people as p
    left join active as a on p.user_no = a.user_no
    where not p.is_anonymized and ($user::varchar is null or p.user_id = $user)
)

select
    *,
    person < $pages as has_page
from numbered

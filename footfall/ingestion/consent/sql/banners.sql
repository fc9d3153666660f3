-- Workspaces and whether their cookie banner is on, by the newest version; of equals the stricter. A line that could
-- not be read (`is_unreadable`), and no readable one of a later load date: on, though only assumed.
insert into banners
with versions as (
    select
        workspace_id, load_date,
        coalesce(cookie_banner, false) as is_on,
        coalesce(contains(repaired, 'cookie_banner') or contains(repaired, 'settings'), false) as is_assumed,
        coalesce(is_unreadable, false) as is_unread,
        rank() over (
            partition by workspace_id, coalesce(is_unreadable, false)
            order by coalesce(updated_at, load_date::timestamp) desc, load_date desc
        ) as place
    from {versions}
),
newest as (
    select
        workspace_id,
        coalesce(bool_or(is_on) filter (not is_unread and place = 1), false) as is_on,
        coalesce(bool_and(is_assumed) filter (not is_unread and place = 1 and is_on), false) as is_assumed,
        coalesce(max(load_date) filter (is_unread) >= max(load_date) filter (not is_unread), bool_or(is_unread))
            as is_unread
    from versions
    group by workspace_id
)
select workspace_id, is_on or is_unread as is_on, is_assumed or (is_unread and not is_on) as is_assumed
from newest

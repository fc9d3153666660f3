select
    p.shown_id as user_id,
    p.name,
    p.first_name,
    p.last_name,
    p.email,
    p.company,
    p.job_title,
    p.groups,
    p.role,
    p.profile_url,
    p.is_deleted,
    coalesce(v.visits, 0) as visits,
    coalesce(v.active_days, 0) as active_days,
    coalesce(u.interactions, 0) as interactions,
    coalesce(u.interactions_ios, 0) as interactions_ios,
    coalesce(u.interactions_android, 0) as interactions_android,
    coalesce(u.interactions_web, 0) as interactions_web,
    coalesce(u.interactions_other, 0) as interactions_other,
    coalesce(v.engaged_seconds, 0) as engaged_seconds,
    coalesce(v.engaged_seconds, 0) / 60 as engaged_minutes,
    coalesce(v.engaged_seconds, 0) / 3600 as engaged_hours,
    coalesce(v.elapsed_seconds, 0) as elapsed_seconds,
    coalesce(v.elapsed_seconds, 0) / 60 as elapsed_minutes,
    coalesce(v.elapsed_seconds, 0) / 3600 as elapsed_hours,
    u.last_seen_at,
    timezone(w.timezone, timezone('UTC', u.last_seen_at)) as last_seen_local
from filtered_people as p
left join filtered_user_visits as v on p.user_no = v.user_no
left join filtered_user_usage as u on p.user_no = u.user_no
cross join scope_workspace as w

select
    row_number() over (order by coalesce(u.interactions, 0) desc, v.visits desc, p.shown_id) as rank,
    p.shown_id as user_id,
    p.name,
    p.first_name,
    p.last_name,
    p.company,
    p.groups,
    p.profile_url,
    p.is_deleted,
    v.visits,
    coalesce(u.interactions, 0) as interactions,
    v.visit_interactions / v.visits as interactions_per_visit,
    v.active_days,
    v.elapsed_seconds,
    v.engaged_seconds,
    v.elapsed_seconds / v.visits as average_elapsed_seconds,
    v.engaged_seconds / v.visits as average_engaged_seconds,
    u.last_seen_at,
    timezone(w.timezone, timezone('UTC', u.last_seen_at)) as last_seen_local
from filtered_user_visits as v
inner join filtered_people as p on v.user_no = p.user_no
left join filtered_user_usage as u on v.user_no = u.user_no
cross join scope_workspace as w

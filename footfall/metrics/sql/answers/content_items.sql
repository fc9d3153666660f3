with viewed as (
    select
        content_type,
        content_id,
        count(*) as views,
        count(distinct user_no) as users,
        coalesce(sum(seconds_viewed), 0) as seconds_viewed,
        count(seconds_viewed) as known,
        count(*) filter (where os = 'ios') as views_ios,
        count(*) filter (where os = 'android') as views_android,
        count(*) filter (where os = 'web') as views_web,
        count(*) filter (where os not in ('ios', 'android', 'web')) as views_other
    from filtered_views
    group by content_type, content_id
),

-- Forms: who opened, who submitted, people being users and guests who count.
openers as (
    select distinct
        content_id,
        actor_id
    from filtered_views
    where content_type = 'form'
),

submitters as (
    select
        content_id,
        actor_id,
        count(*) as submissions
    from filtered_actions
    where action = 'submit' and content_type = 'form'
    group by content_id, actor_id
),

forms as (
    select
        coalesce(o.content_id, s.content_id) as content_id,
        count(o.actor_id) as opened,
        count(s.actor_id) as submitted,
        coalesce(sum(s.submissions), 0) as submissions,
        count(case when o.actor_id is not null then s.actor_id end) as completed
    from openers as o
    full outer join submitters as s on o.content_id = s.content_id and o.actor_id = s.actor_id
    group by 1
),

items as (
    select *
    from scope_content
    where
        ($content_type::varchar is null or content_type = $content_type)
        and ($content_id::varchar is null or content_id = $content_id)
)

select
    i.content_type,
    i.content_id,
    'named' as item_kind,
    i.title,
    i.url,
    i.is_deleted,
    i.sponsor_id,
    coalesce(v.views, 0) as views,
    coalesce(v.users, 0) as users,
    coalesce(v.seconds_viewed, 0) as seconds_viewed,
    v.seconds_viewed / nullif(v.known, 0) as average_seconds_viewed,
    v.known / nullif(v.views, 0) as known_share,
    coalesce(v.views_ios, 0) as views_ios,
    coalesce(v.views_android, 0) as views_android,
    coalesce(v.views_web, 0) as views_web,
    coalesce(v.views_other, 0) as views_other,
    case when i.content_type = 'form' then coalesce(f.opened, 0) end as opened,
    case when i.content_type = 'form' then coalesce(f.submitted, 0) end as submitted,
    case when i.content_type = 'form' then coalesce(f.submissions, 0) end as submissions,
    f.completed / nullif(f.opened, 0) as completion
from items as i
left join viewed as v on i.content_type = v.content_type and i.content_id = v.content_id
left join forms as f on i.content_type = 'form' and i.content_id = f.content_id
-- an item named in the question has a row with zeros, any other item only where something happened
where v.views > 0 or f.submitted > 0 or $content_id::varchar is not null

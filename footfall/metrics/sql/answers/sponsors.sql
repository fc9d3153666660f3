-- What the audience did with a sponsor; the sponsor's own people are left out.
with contacts as (
    select
        of_sponsor_id as sponsor_id,
        content_type as contact,
        user_no,
        null as meeting_id,
        null as is_held
    from filtered_openings
    where content_type in ('sponsor', 'document') and of_sponsor_id is not null
    union all
    select
        of_sponsor_id as sponsor_id,
        action as contact,
        user_no,
        null as meeting_id,
        null as is_held
    from filtered_actions
    where action in ('link_click', 'booth_visit') and of_sponsor_id is not null
    union all
    select
        s.sponsor_id,
        'meeting' as contact,
        p.user_no,
        m.meeting_id,
        m.is_held
    from filtered_meetings as m
    inner join scope_meeting_staff as s on m.meeting_id = s.meeting_id
    inner join scope_meeting_people as p on m.meeting_id = p.meeting_id
    where $user::integer is null or p.user_no = $user
),

audience as (
    select d.*
    from contacts as d
    anti join scope_staff as s on d.sponsor_id = s.sponsor_id and d.user_no = s.user_no
),

-- Guests share one row of a sponsor, which counts as contacts but not as a person. By person first: each count of
-- distinct people would be a join of its own.
by_person as (
    select
        sponsor_id,
        user_no,
        count(*) filter (where contact = 'sponsor') as profile_views,
        count(*) filter (where contact = 'document') as document_openings,
        count(*) filter (where contact = 'link_click') as link_clicks,
        count(*) filter (where contact = 'booth_visit') as booth_visits,
        count(*) filter (where contact = 'meeting') as meetings
    from audience
    group by sponsor_id, user_no
),

done as (
    select
        sponsor_id,
        count(user_no) as people,
        sum(profile_views) as profile_views,
        count(user_no) filter (where profile_views > 0) as profile_users,
        sum(document_openings) as document_openings,
        count(user_no) filter (where document_openings > 0) as document_users,
        sum(link_clicks) as link_clicks,
        count(user_no) filter (where link_clicks > 0) as link_users,
        sum(booth_visits) as booth_visits,
        count(user_no) filter (where booth_visits > 0) as booth_users,
        count(user_no) filter (where meetings > 0) as meeting_users
    from by_person
    group by sponsor_id
),

met as (
    select
        sponsor_id,
        count(*) as meetings,
        count(*) filter (where is_held) as meetings_held
    from (select distinct a.sponsor_id, a.meeting_id, a.is_held from audience as a where a.meeting_id is not null) as m
    group by sponsor_id
),

staff as (
    select sponsor_id, count(*) as people
    from scope_staff
    group by sponsor_id
)

select
    c.content_id as sponsor_id,
    c.title,
    c.url,
    c.is_deleted,
    coalesce(s.people, 0) as staff,
    coalesce(d.people, 0) as people,
    coalesce(d.profile_views, 0) as profile_views,
    coalesce(d.profile_users, 0) as profile_users,
    coalesce(d.document_openings, 0) as document_openings,
    coalesce(d.document_users, 0) as document_users,
    coalesce(d.link_clicks, 0) as link_clicks,
    coalesce(d.link_users, 0) as link_users,
    coalesce(d.booth_visits, 0) as booth_visits,
    coalesce(d.booth_users, 0) as booth_users,
    coalesce(m.meetings, 0) as meetings,
    coalesce(m.meetings_held, 0) as meetings_held,
    coalesce(d.meeting_users, 0) as meeting_users
from scope_content as c
left join done as d on c.content_id = d.sponsor_id
left join met as m on c.content_id = m.sponsor_id
left join staff as s on c.content_id = s.sponsor_id
where
    c.content_type = 'sponsor'
    and ($content_id::varchar is null or c.content_id = $content_id)
    and (d.sponsor_id is not null or $content_id::varchar is not null)

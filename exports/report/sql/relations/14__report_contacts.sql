-- Contacts of the audience with a sponsor, as in the answer `sponsors`; the sponsor's own team is left out. Actions: 0
-- profile view, 1 document opening, 2 link click, 3 booth visit, 4 meeting. Grain: one row per contact.
with contacts as (
    select
        v.of_sponsor_id as sponsor_id,
        case when v.content_type = 'sponsor' then 0 else 1 end as action,
        v.user_no,
        v.local_date,
        null as meeting_id,
        false as is_held
    from scope_views as v
    where v.content_type in ('sponsor', 'document') and v.of_sponsor_id is not null
    union all
    select
        d.of_sponsor_id as sponsor_id,
        case when d.action = 'link_click' then 2 else 3 end as action,
        d.user_no,
        d.local_date,
        null as meeting_id,
        false as is_held
    from scope_actions as d
    where d.action in ('link_click', 'booth_visit') and d.of_sponsor_id is not null
    union all
    select
        s.sponsor_id,
        4 as action,
        p.user_no,
        m.local_date,
        m.meeting_id,
        m.is_held
    from scope_meetings as m
    inner join scope_meeting_staff as s on m.meeting_id = s.meeting_id
    inner join scope_meeting_people as p on m.meeting_id = p.meeting_id
)

select
    date_diff('day', r.start_date, d.local_date)::integer + 1 as day,
    c.item::integer as item,
    d.action,
    d.user_no,
    d.meeting_id,
    d.is_held
from contacts as d
cross join report_range as r
inner join report_items as c on c.content_type = 'sponsor' and d.sponsor_id = c.content_id
anti join scope_staff as s on d.sponsor_id = s.sponsor_id and d.user_no = s.user_no
where d.local_date between r.start_date and r.end_date

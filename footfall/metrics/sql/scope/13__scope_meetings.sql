-- Meetings of at least one participant who counts; where everyone counts, also those whose participants are unknown.
-- Participants are counted here, because target groups may leave some out. Grain: one row per meeting.
with everyone as (
    select distinct m.meeting_id
    from marts.fct_meeting_participants as m
    where m.workspace_id = $workspace
),

counted as (
    select
        p.meeting_id,
        count(*) as participants,
        count(*) filter (where p.response = 'accepted') as accepted,
        case when count(p.attended) > 0 then count(*) filter (where p.attended) end as attended
    from scope_meeting_people as p
    group by p.meeting_id
)

select
    m.meeting_id,
    coalesce(m.kind, 'unknown') as kind,
    coalesce(m.status, 'unknown') as status,
    m.scheduled_start,
    m.scheduled_end,
    m.local_date,
    coalesce(c.participants, 0) as participants,
    coalesce(c.accepted, 0) as accepted,
    c.attended,
    coalesce(m.is_held, false) as is_held,
    m.duration_minutes,
    m.actual_minutes,
    coalesce(m.reschedules, 0) as reschedules,
    m.created_at,
    m.updated_at
from marts.fct_meetings as m
left join counted as c on m.meeting_id = c.meeting_id
where
    m.workspace_id = $workspace
    and (
        c.participants > 0
        or (
            (select w.counts_guests from scope_workspace as w)
            and m.meeting_id not in (select e.meeting_id from everyone as e)
        )
    )

-- Meetings of at least one participant who counts; where everyone counts, also those whose participants are unknown.
-- Grain: one row per meeting.
with invited as (
    select distinct m.meeting_id
    from marts.fct_meeting_participants as m
    where m.workspace_id = $workspace
)

select
    m.meeting_id,
    coalesce(m.kind, 'unknown') as kind,
    coalesce(m.status, 'unknown') as status,
    m.scheduled_start,
    m.scheduled_end,
    m.local_date,
    m.participants,
    m.accepted,
    m.attended,
    coalesce(m.is_held, false) as is_held,
    m.duration_minutes,
    m.actual_minutes,
    coalesce(m.reschedules, 0) as reschedules,
    m.created_at,
    m.updated_at
from marts.fct_meetings as m
where
    m.workspace_id = $workspace
    and (
        m.participants > 0
        or (
            (select w.counts_guests from scope_workspace as w)
            and m.meeting_id not in (select i.meeting_id from invited as i)
        )
    )

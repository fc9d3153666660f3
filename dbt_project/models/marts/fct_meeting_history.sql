-- What changed about a meeting, and when; a reschedule is one change, not a cancellation and a new meeting.
-- With target groups: meetings of at least one person in them.

with versions as (

    select
        version.*,
        lag(version.changed_at) over in_order is null as is_first,
        lag(version.status) over in_order as previous_status,
        lag(version.scheduled_start) over in_order as previous_start,
        lag(version.scheduled_end) over in_order as previous_end
    from {{ ref('stg_lake__meeting_versions') }} as version
    inner join {{ ref('int_workspaces') }} as settings on version.workspace_id = settings.workspace_id
    where
        settings.counts_guests
        or exists (
            select 1
            from {{ ref('fct_meeting_participants') }} as part
            where part.workspace_id = version.workspace_id and part.meeting_id = version.meeting_id
        )
    window in_order as (partition by version.workspace_id, version.meeting_id order by version.changed_at)

),

changes as (

    select
        *,
        (status is distinct from previous_status) as is_status_change,
        (
            scheduled_start is distinct from previous_start or scheduled_end is distinct from previous_end
        ) as is_moved
    from versions

)

select
    workspace_id,
    meeting_id,
    changed_at,
    case
        when is_first then 'created'
        when is_status_change and is_moved then 'status_and_rescheduled'
        when is_moved then 'rescheduled'
        else 'status'
    end as change,
    status,
    scheduled_start,
    scheduled_end
from changes
where is_first or is_status_change or is_moved

-- What changed about a meeting, and when; a reschedule is one change, not a cancellation and a new meeting.

with versions as (

    select
        *,
        lag(changed_at) over in_order is null as is_first,
        lag(status) over in_order as previous_status,
        lag(scheduled_start) over in_order as previous_start,
        lag(scheduled_end) over in_order as previous_end
    from {{ ref('stg_lake__meeting_versions') }}
    window in_order as (partition by workspace_id, meeting_id order by changed_at)

),

changes as (

    select
        *,
        status is distinct from previous_status as is_status_change,
        scheduled_start is distinct from previous_start or scheduled_end is distinct from previous_end as is_moved
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

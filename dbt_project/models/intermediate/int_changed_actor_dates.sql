-- The local dates this build touches, per person: all dates its spans lie on, and those they lay on by the clock of the
-- last build, where a workspace has moved to another time zone. Empty in a full refresh, which replaces everything
-- without asking.

with clocks as (

    select workspace_id, timezone from {{ ref('int_workspaces') }}
    union
    select workspace_id, timezone from {{ source('state', 'workspaces') }}

)

select distinct
    span.workspace_id,
    span.actor_id,
    {{ dates_between(
        'cast(' ~ local_time('span.from_at', 'clocks.timezone') ~ ' as date)',
        'cast(' ~ local_time('span.to_at', 'clocks.timezone') ~ ' as date)'
    ) }} as local_date
from {{ spans('actor') }} as span
inner join clocks on span.workspace_id = clocks.workspace_id
{% if not is_scoped() %}
where false
{% endif %}

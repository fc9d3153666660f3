-- The local dates that this build writes again, by person: all dates of its spans, and their dates in the time zone of
-- the last build where a workspace has changed its zone. Empty in a full refresh, which writes everything.

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

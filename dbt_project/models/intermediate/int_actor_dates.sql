-- The local dates this build touches, per person: all dates its spans lie on. Empty in a full refresh, which replaces
-- everything without asking.

select distinct
    span.workspace_id,
    span.actor_id,
    {{ dates_between(
        'cast(' ~ local_time('span.from_at', 'settings.timezone') ~ ' as date)',
        'cast(' ~ local_time('span.to_at', 'settings.timezone') ~ ' as date)'
    ) }} as local_date
from {{ spans('actor') }} as span
inner join {{ ref('int_workspaces') }} as settings on span.workspace_id = settings.workspace_id
{% if not is_scoped() %}
where false
{% endif %}

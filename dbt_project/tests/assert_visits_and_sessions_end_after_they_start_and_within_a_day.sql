-- A session lasts less than 24 hours; the sessions of a visit start within 24 hours, so a visit lasts less than 48.
select session_id as id, started_at, ended_at
from {{ ref('fct_sessions') }}
where
    {{ within_scope_bounds('started_at', 'actor') }}
    and (ended_at < started_at or elapsed_seconds >= 86400 or engaged_seconds > elapsed_seconds)

union all

select visit_id as id, started_at, ended_at
from {{ ref('fct_visits') }}
where {{ within_scope_bounds('started_at', 'actor') }} and (ended_at < started_at or elapsed_seconds >= 172800)

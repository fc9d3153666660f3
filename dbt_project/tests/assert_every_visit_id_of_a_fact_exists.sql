-- No orphan and no stale row: every visit id in the facts of this build's scope is that of a visit. A visit lasts less
-- than 48 hours, so that of a row after the first of these times starts less than 48 hours before it.
with rows_by_visit as (

    select visit_id from {{ ref('fct_events') }}
    where visit_id is not null and {{ within_scope_bounds('occurred_at', 'actor') }}
    union
    select visit_id from {{ ref('fct_sessions') }} where {{ within_scope_bounds('started_at', 'actor') }}
    union
    select visit_id from {{ ref('fct_path_steps') }} where {{ within_scope_bounds('visit_started_at', 'actor') }}
    union
    select visit_id from {{ ref('fct_content_views') }} where {{ within_scope_bounds('viewed_at', 'actor') }}

),

visits as (

    select visit_id
    from {{ ref('fct_visits') }}
    where {{ within_scope_bounds('started_at', 'actor', seconds_before=48 * 60 * 60) }}

)

select rows_by_visit.visit_id
from rows_by_visit
left join visits on rows_by_visit.visit_id = visits.visit_id
where visits.visit_id is null

-- Events, interactions and engaged seconds of each visit of this build are the sums of its events and of its sessions.
with made as (

    select visit_id from {{ ref('int_visits') }}

),

events as (

    select
        visit_id,
        count(*) as events,
        count(case when is_interaction then 1 end) as interactions,
        sum(engaged_seconds) as engaged_seconds
    from {{ ref('fct_events') }}
    where visit_id in (select visit_id from made) and {{ within_scope_bounds('occurred_at', 'actor') }}
    group by visit_id

),

sessions as (

    select visit_id, count(*) as sessions, sum(events) as events, sum(interactions) as interactions
    from {{ ref('fct_sessions') }}
    where visit_id in (select visit_id from made) and {{ within_scope_bounds('started_at', 'actor') }}
    group by visit_id

),

visits as (

    select * from {{ ref('fct_visits') }} where {{ within_scope_bounds('started_at', 'actor') }}

)

select made.visit_id
from made
left join visits on made.visit_id = visits.visit_id
left join events on made.visit_id = events.visit_id
left join sessions on made.visit_id = sessions.visit_id
where
    visits.events is distinct from events.events
    or visits.interactions is distinct from events.interactions
    or visits.engaged_seconds is distinct from events.engaged_seconds
    or visits.sessions is distinct from sessions.sessions
    or visits.events is distinct from sessions.events
    or visits.interactions is distinct from sessions.interactions
    or visits.engaged_seconds > visits.elapsed_seconds

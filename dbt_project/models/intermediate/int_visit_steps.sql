-- This build's events of counted visits with the step of the path that they belong to, at both levels.
{{ config(materialized=unwritten()) }}

with visit_events as (

    select
        event.visit_id, event.message_id, event.occurred_at, event.is_interaction, event.engaged_seconds,
        {{ path_module('event') }} as module_item,
        {{ path_item('event') }} as content_item
    from {{ ref('fct_events') }} as event
    inner join {{ ref('int_visits') }} as visit on event.visit_id = visit.visit_id
    where visit.is_counted and {{ within_scope_bounds('event.occurred_at', 'actor') }}

),

neighbours as (

    select
        *,
        {{ last_known('case when is_interaction then module_item end') }} over before as previous_module_item,
        {{ last_known('case when is_interaction then content_item end') }} over before as previous_content_item
    from visit_events
    window before as (
        partition by visit_id
        order by occurred_at, message_id
        rows between unbounded preceding and 1 preceding
    )

)

select
    visit_id, message_id, module_item, content_item, is_interaction, engaged_seconds,
    -- consecutive equal items are one step (definitions, Paths); 0 before the first interaction
    sum(case when is_interaction and previous_module_item is distinct from module_item then 1 else 0 end)
        over so_far as module_step,
    sum(case when is_interaction and previous_content_item is distinct from content_item then 1 else 0 end)
        over so_far as content_step
from neighbours
window so_far as (
    partition by visit_id
    order by occurred_at, message_id
    rows between unbounded preceding and current row
)

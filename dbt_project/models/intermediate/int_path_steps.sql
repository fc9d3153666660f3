-- This build's paths: the first ten steps of each counted visit, at both levels. What follows step 10 only
-- decides whether the visit continued. Seconds are the engaged seconds from a step's first event to the next step's.
{{ config(materialized=unwritten()) }}

with visit_steps as (

    select * from {{ ref('int_visit_steps') }}

),

module_steps as (

    select
        'module' as level, visit_id, module_step as step,
        -- a step has one item: consecutive equal items are one step
        max(case when is_interaction then module_item end) as item,
        sum(engaged_seconds) as seconds_on_item,
        count(case when is_interaction then 1 end) as interactions
    from visit_steps
    where module_step between 1 and 11
    group by visit_id, module_step

),

content_steps as (

    select
        'content' as level, visit_id, content_step as step,
        max(case when is_interaction then content_item end) as item,
        sum(engaged_seconds) as seconds_on_item,
        count(case when is_interaction then 1 end) as interactions
    from visit_steps
    where content_step between 1 and 11
    group by visit_id, content_step

),

steps as (

    select * from module_steps
    union all
    select * from content_steps

),

linked as (

    select
        *,
        lead(item) over (partition by level, visit_id order by step) as following_item
    from steps

)

select
    linked.level,
    linked.visit_id,
    cast(linked.step as integer) as step,
    visits.workspace_id,
    visits.actor_id,
    visits.user_id,
    visits.local_date,
    visits.started_at as visit_started_at,
    case when linked.item = '' then '(unmapped)' else linked.item end as item,
    linked.item = '' as is_unmapped,
    -- a client may call a screen by any word, so the end of a path is in a column of its own
    case
        when linked.step = 10 then null
        when linked.following_item = '' then '(unmapped)'
        else linked.following_item
    end as next_item,
    coalesce(linked.step < 10 and linked.following_item = '', false) as is_next_unmapped,
    case
        when linked.following_item is null then 'exit'
        when linked.step = 10 then 'continues'
        else 'item'
    end as next_kind,
    cast(linked.seconds_on_item as decimal(18, 3)) as seconds_on_item,
    linked.interactions
from linked
inner join {{ ref('int_visits') }} as visits on linked.visit_id = visits.visit_id
where linked.step <= 10

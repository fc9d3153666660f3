-- This build's openings of content items and heartbeats on them, with the event after each in the person's visit.
{{ config(materialized=unwritten()) }}

with neighbours as (

    select
        workspace_id, actor_id, user_id, visit_id, message_id, occurred_at, kind, content_type, content_id, os,
        local_date, duration_seconds,
        lead(occurred_at) over in_visit as next_at,
        -- the next event opens the same item again within 2 s: the same view (definitions, Content)
        coalesce(
            lead(kind) over in_visit = 'view'
            and lead(content_type) over in_visit = content_type
            and lead(content_id) over in_visit = content_id
            and lead(occurred_at) over in_visit <= {{ add_seconds('occurred_at', 2) }},
            false
        ) as is_reopened_next
    from {{ ref('int_visit_events') }}
    window in_visit as (partition by visit_id order by occurred_at, message_id)

)

select *
from neighbours
where kind in ('view', 'heartbeat') and content_type is not null and content_id is not null

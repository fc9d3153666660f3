-- This build's openings of content items. Openings of an item by one person, each within 2 s of the one before, are one
-- view; heartbeats on the item until its next opening belong to it (definitions, Content).
{{ config(materialized=unwritten()) }}

with content_events as (

    select * from {{ ref('int_content_events') }}

),

previous_openings as (

    select
        *,
        {{ last_known("case when kind = 'view' then occurred_at end") }} over (
            partition by workspace_id, actor_id, content_type, content_id
            order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding
        ) as previous_viewed_at
    from content_events

),

openings as (

    select
        *,
        kind = 'view'
        and (previous_viewed_at is null or occurred_at > {{ add_seconds('previous_viewed_at', 2) }}) as is_opening
    from previous_openings

),

numbered_views as (

    select
        *,
        sum(case when is_opening then 1 else 0 end) over so_far as view_no,
        {{ last_known('case when is_opening then visit_id end') }} over so_far as opening_visit_id
    from openings
    window so_far as (
        partition by workspace_id, actor_id, content_type, content_id
        order by occurred_at, message_id
        rows between unbounded preceding and current row
    )

),

views as (

    select
        workspace_id, actor_id, content_type, content_id,
        max(user_id) as user_id,
        max(case when is_opening then message_id end) as message_id,
        max(opening_visit_id) as visit_id,
        max(case when is_opening then os end) as os,
        max(case when is_opening then local_date end) as local_date,
        min(occurred_at) as viewed_at,
        max(case when kind = 'view' then duration_seconds end) as client_seconds,
        max(case when kind = 'heartbeat' and visit_id = opening_visit_id then occurred_at end) as last_heartbeat_at,
        -- the person's next event that does not open the same item again
        min(
            case
                when kind = 'view' and visit_id = opening_visit_id and not is_reopened_next then next_at
            end
        ) as left_at
    from numbered_views
    where view_no > 0
    group by workspace_id, actor_id, content_type, content_id, view_no

)

select
    {{ id_of(['viewed.workspace_id', 'viewed.actor_id', 'viewed.message_id']) }} as view_id,
    viewed.workspace_id,
    viewed.actor_id,
    viewed.user_id,
    viewed.visit_id,
    viewed.content_type,
    viewed.content_id,
    viewed.os,
    viewed.viewed_at,
    viewed.local_date,
    case
        when viewed.client_seconds is not null then viewed.client_seconds
        when viewed.last_heartbeat_at is not null
            then {{ ms_as_seconds(ms_between('viewed.viewed_at', 'viewed.last_heartbeat_at')) }}
        when {{ ms_between('viewed.viewed_at', 'viewed.left_at') }} > cast(settings.idle_cap_seconds as bigint) * 1000
            then {{ ms_as_seconds('cast(settings.idle_cap_seconds as bigint) * 1000') }}
        else {{ ms_as_seconds(ms_between('viewed.viewed_at', 'viewed.left_at')) }}
    end as seconds_viewed,
    case
        when viewed.client_seconds is not null then 'client'
        when viewed.last_heartbeat_at is not null then 'heartbeats'
        when viewed.left_at is not null then 'next_event'
    end as seconds_source
from views as viewed
inner join {{ ref('int_workspaces') }} as settings on viewed.workspace_id = settings.workspace_id
-- opening one's own profile does not count as a view
where not coalesce(viewed.content_type = 'user' and viewed.content_id = viewed.user_id, false)

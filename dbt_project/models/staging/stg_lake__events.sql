-- Newly live events with kind, module and content type of the event catalogue. An event's own module and content type
-- come first; a module that neither gives is `(unmapped)`, so that totals by module still add up.

with source as (

    select * from {{ source('lake', 'events_added') }}

),

catalog as (

    select * from {{ ref('event_catalog') }}

),

renamed as (

    select
        -- keys
        source.workspace_id,
        source.message_id,
        source.device_id,
        source.user_id,

        -- time
        source.occurred_at,
        source.load_date,
        source.seq,

        -- what happened
        coalesce(source.event, source.type) as event,
        case
            when catalog.kind is not null then catalog.kind
            when source.type in ('screen', 'page') then 'view'
            when source.type in ('identify', 'group') then 'system'
            else 'interaction'
        end as kind,
        coalesce(source.module, catalog.module, '(unmapped)') as module,
        -- a client may call a module `(unmapped)` too
        case when coalesce(source.module, catalog.module) is null then 'unmapped' else 'named' end as module_kind,
        catalog.action,
        coalesce(source.content_type, catalog.content_type) as content_type,
        source.content_id,
        source.content_title,
        source.duration_seconds,
        source.query,
        source.results,
        source.os

    from source
    left join catalog on coalesce(source.event, source.type) = catalog.event

)

select
    *,
    -- kinds that open and extend sessions (definitions, Event time, order, kinds)
    kind in ({{ event_kinds('is_keep_alive') }}) as is_keep_alive,
    kind in ({{ event_kinds('is_interaction') }}) as is_interaction
from renamed

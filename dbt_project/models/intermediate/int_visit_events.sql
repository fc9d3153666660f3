-- This build's keep-alive events with visit and person: where the facts by event begin. A view in DuckDB, where the
-- join costs a sixth of what writing a table does; in Spark the join moves every row to another worker.
{{ config(materialized=written_where_joins_move_rows()) }}

select
    event.workspace_id, event.message_id, event.session_id, sessions.visit_id, sessions.actor_id, sessions.user_id,
    event.device_id,
    -- a browser's event without a page is the browser's too
    case when event.os in ('other', 'unknown') then sessions.os else event.os end as os,
    event.occurred_at, event.load_date, event.event, event.kind, event.module, event.module_kind, event.action,
    event.content_type, event.content_id, event.duration_seconds, event.query, event.results, event.is_interaction,
    event.is_keep_alive,
    cast({{ local_time('event.occurred_at', 'settings.timezone') }} as date) as local_date,
    cast(extract(hour from {{ local_time('event.occurred_at', 'settings.timezone') }}) as integer) as local_hour
from {{ ref('int_events') }} as event
inner join {{ ref('int_visit_sessions') }} as sessions on event.session_id = sessions.session_id
inner join {{ ref('int_workspaces') }} as settings on event.workspace_id = settings.workspace_id
where event.is_keep_alive and {{ within_scope_bounds('event.occurred_at', 'actor') }}

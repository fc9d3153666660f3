{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'spans': 'actor', 'time': 'started_at'}
) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    session_id, workspace_id, device_id, actor_id, user_id, os, started_at, ended_at,
    cast({{ local_time('started_at', 'timezone') }} as date) as local_date,
    events, interactions, elapsed_seconds, engaged_seconds, visit_id
from {{ ref('int_visit_sessions') }}

{{ config(materialized='scoped', replaces={'spans': 'actor', 'time': 'occurred_at'}) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    workspace_id, message_id, session_id, visit_id, actor_id, user_id, device_id, os, occurred_at, local_date,
    local_hour, event, kind, is_interaction, is_keep_alive, module, module_kind, action, content_type,
    content_id, seconds_to_next, engaged_seconds, load_date
from {{ ref('int_timed_events') }}

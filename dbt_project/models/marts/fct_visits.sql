{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'spans': 'actor', 'time': 'started_at'}
) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    visit_id, workspace_id, actor_id, user_id, is_guest, is_counted, is_single_event, started_at, ended_at, local_date,
    sessions, events, interactions, elapsed_seconds, engaged_seconds, entry_module,
    entry_module_kind, exit_module, exit_module_kind
from {{ ref('int_visits') }}

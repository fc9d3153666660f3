{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'spans': 'actor', 'time': 'visit_started_at'}
) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    level, visit_id, step, workspace_id, actor_id, user_id, local_date, visit_started_at, item, is_unmapped,
    next_item, is_next_unmapped, next_kind, seconds_on_item, interactions
from {{ ref('int_path_steps') }}

{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'spans': 'actor', 'time': 'viewed_at'}
) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    view_id, workspace_id, actor_id, user_id, visit_id, content_type, content_id, os, viewed_at, local_date,
    seconds_viewed, seconds_source
from {{ ref('int_content_views') }}

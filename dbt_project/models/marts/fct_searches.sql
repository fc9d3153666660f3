{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'spans': 'actor', 'time': 'searched_at'}
) }}
-- depends_on: {{ ref('int_actor_spans') }}

select
    workspace_id, message_id, actor_id, user_id, visit_id, os, occurred_at as searched_at, local_date,
    {{ normalise_term('query') }} as term,
    results
from {{ ref('int_visit_events') }}
-- other events have no query, and are left out before an engine normalises terms outside of itself
where is_interaction and query is not null and {{ normalise_term('query') }} <> ''

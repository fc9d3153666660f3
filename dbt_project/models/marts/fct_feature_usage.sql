{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'dates': 'int_changed_actor_dates', 'keys': ['workspace_id', 'actor_id', 'local_date']}
) }}

with by_visit as (

    select
        event.workspace_id, event.actor_id, event.local_date, event.module, event.module_kind, event.os,
        event.visit_id,
        max(event.user_id) as user_id,
        count(case when event.is_interaction then 1 end) as interactions,
        count(case when event.kind = 'view' then 1 end) as views,
        sum(event.engaged_seconds) as engaged_seconds,
        max(event.occurred_at) as last_seen_at
    from {{ ref('fct_events') }} as event
    {% if is_scoped() %}
    inner join {{ ref('int_changed_actor_dates') }} as touched
        on event.workspace_id = touched.workspace_id
        and event.actor_id = touched.actor_id
        and event.local_date = touched.local_date
    {% endif %}
    where event.visit_id is not null and {{ within_changed_dates('event.local_date') }}
    group by
        event.workspace_id, event.actor_id, event.local_date, event.module, event.module_kind, event.os, event.visit_id

)

select
    workspace_id, actor_id, max(user_id) as user_id, local_date, module, module_kind, os,
    cast(sum(interactions) as bigint) as interactions,
    cast(sum(views) as bigint) as views,
    -- a visit counts where it holds an interaction
    count(case when interactions > 0 then 1 end) as visits,
    cast(sum(engaged_seconds) as decimal(18, 3)) as engaged_seconds,
    max(last_seen_at) as last_seen_at
from by_visit
group by workspace_id, actor_id, local_date, module, module_kind, os

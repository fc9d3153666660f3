-- Interactions by their own date, visits by the date of their start: a visit over midnight is on both dates.
{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'dates': 'int_changed_actor_dates', 'keys': ['workspace_id', 'actor_id', 'local_date']}
) }}

with usage as (

    select
        workspace_id, actor_id, local_date,
        max(user_id) as user_id,
        sum(interactions) as interactions,
        sum(case when os = 'ios' then interactions else 0 end) as interactions_ios,
        sum(case when os = 'android' then interactions else 0 end) as interactions_android,
        sum(case when os = 'web' then interactions else 0 end) as interactions_web,
        sum(case when os in ('ios', 'android', 'web') then 0 else interactions end) as interactions_other,
        max(last_seen_at) as last_seen_at
    from {{ ref('fct_feature_usage') }}
    where {{ within_changed_dates('local_date') }}
    group by workspace_id, actor_id, local_date

),

visits as (

    select
        workspace_id, actor_id, local_date,
        max(user_id) as user_id,
        count(*) as visits,
        sum(engaged_seconds) as engaged_seconds,
        sum(elapsed_seconds) as elapsed_seconds,
        sum(interactions) as visit_interactions
    from {{ ref('fct_visits') }}
    where is_counted and {{ within_changed_dates('local_date') }}
    group by workspace_id, actor_id, local_date

),

together as (

    select
        coalesce(usage.workspace_id, visits.workspace_id) as workspace_id,
        coalesce(usage.actor_id, visits.actor_id) as actor_id,
        coalesce(usage.user_id, visits.user_id) as user_id,
        coalesce(usage.user_id, visits.user_id) is null as is_guest,
        coalesce(usage.local_date, visits.local_date) as local_date,
        coalesce(visits.visits, 0) as visits,
        cast(coalesce(usage.interactions, 0) as bigint) as interactions,
        cast(coalesce(usage.interactions_ios, 0) as bigint) as interactions_ios,
        cast(coalesce(usage.interactions_android, 0) as bigint) as interactions_android,
        cast(coalesce(usage.interactions_web, 0) as bigint) as interactions_web,
        cast(coalesce(usage.interactions_other, 0) as bigint) as interactions_other,
        cast(coalesce(visits.engaged_seconds, 0) as decimal(18, 3)) as engaged_seconds,
        cast(coalesce(visits.elapsed_seconds, 0) as decimal(18, 3)) as elapsed_seconds,
        cast(coalesce(visits.visit_interactions, 0) as bigint) as visit_interactions,
        usage.last_seen_at
    from usage
    full outer join visits
        on usage.workspace_id = visits.workspace_id
        and usage.actor_id = visits.actor_id
        and usage.local_date = visits.local_date

)

select together.*
from together
{% if is_scoped() %}
inner join {{ ref('int_changed_actor_dates') }} as touched
    on together.workspace_id = touched.workspace_id
    and together.actor_id = touched.actor_id
    and together.local_date = touched.local_date
{% endif %}
-- heartbeats alone (a tab resumed) do not make a day of use
where together.visits > 0 or together.interactions > 0

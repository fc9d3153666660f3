{{ config(
    materialized='scoped',
    replaces={'dates': 'int_changed_workspace_dates', 'keys': ['workspace_id', 'local_date']}
) }}

with daily as (

    select daily.*
    from {{ ref('fct_user_daily') }} as daily
    {% if is_scoped() %}
    inner join {{ ref('int_changed_workspace_dates') }} as touched
        on daily.workspace_id = touched.workspace_id and daily.local_date = touched.local_date
    {% endif %}
    where {{ within_changed_dates('daily.local_date', 'int_changed_workspace_dates') }}

),

single_event_visits as (

    select workspace_id, actor_id, local_date, count(*) as visits
    from {{ ref('fct_visits') }}
    where is_counted and is_single_event and {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}
    group by workspace_id, actor_id, local_date

)

select
    daily.workspace_id,
    daily.local_date,
    count(case when not daily.is_guest and daily.visits > 0 then 1 end) as active_users,
    count(case when daily.is_guest and daily.visits > 0 then 1 end) as guests,
    cast(sum(daily.visits) as bigint) as visits,
    cast(sum(case when daily.is_guest then 0 else daily.visits end) as bigint) as user_visits,
    cast(sum(daily.interactions) as bigint) as interactions,
    cast(sum(case when daily.is_guest then 0 else daily.visit_interactions end) as bigint) as visit_interactions,
    cast(sum(case when daily.is_guest then 0 else daily.engaged_seconds end) as decimal(18, 3)) as engaged_seconds,
    cast(sum(case when daily.is_guest then 0 else daily.elapsed_seconds end) as decimal(18, 3)) as elapsed_seconds,
    cast(
        coalesce(sum(case when daily.is_guest then 0 else single_event_visits.visits end), 0) as bigint
    ) as single_event_visits
from daily
{{ join_who_counts('daily') }}
left join single_event_visits
    on daily.workspace_id = single_event_visits.workspace_id
    and daily.actor_id = single_event_visits.actor_id
    and daily.local_date = single_event_visits.local_date
where {{ counts('daily') }}
group by daily.workspace_id, daily.local_date

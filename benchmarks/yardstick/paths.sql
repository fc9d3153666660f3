-- Paths, daily facts and the sums over people who count.
create or replace temp table walked as
select
    level, visit_no, item, occurred_at, message_id, engaged_seconds, is_step,
    sum(is_step::integer) over (
        partition by level, visit_no order by occurred_at, message_id rows between unbounded preceding and current row
    ) as step
from (
    select
        *,
        kind <> 'heartbeat' and coalesce(item <> lag(case when kind <> 'heartbeat' then item end ignore nulls) over (
            partition by level, visit_no order by occurred_at, message_id
        ), true) as is_step
    from (
        select 'module' as level, visit_no, module as item, kind, occurred_at, message_id, engaged_seconds
        from fct_events where visit_no is not null
        union all
        select
            'content', visit_no,
            case when content_type is null or content_id is null then module else content_type || ':' || content_id end,
            kind, occurred_at, message_id, engaged_seconds
        from fct_events where visit_no is not null
    )
);

create or replace table fct_path_steps as
with steps as (
    select
        level, visit_no, step, max(case when is_step then item end) as item,
        sum(engaged_seconds) as seconds_on_item
    from walked where step between 1 and 11
    group by level, visit_no, step
)
select
    level, visit_id, step, workspace_id, actor_id, user_id, local_date, item,
    case when step < 10 then next_item end as next_item,
    case when next_item is null then 'exit' when step = 10 then 'continues' else 'item' end as next_kind,
    seconds_on_item
from (select *, lead(item) over (partition by level, visit_no order by step) as next_item from steps)
inner join fct_visits using (visit_no)
where step <= 10;

create or replace table dim_participants as
select
    workspace_id, user_id, first_name, last_name, email, company, job_title, groups, role,
    coalesce(is_test, false) as is_test,
    not coalesce(is_test, false)
        and (
            len(workspaces.target_groups) = 0
            or list_has_any(coalesce(groups, []), workspaces.target_groups)
        ) as is_targeted
from (select distinct workspace_id, user_id from events where user_id is not null) as seen
full join (
    from extract_participants
    qualify row_number() over (partition by workspace_id, user_id order by updated_at desc nulls last) = 1
) using (workspace_id, user_id)
left join workspaces using (workspace_id);

create or replace temp table counting as
select workspace_id, user_id as actor_id from dim_participants where is_targeted
union all
select distinct workspace_id, actor_id from fct_visits inner join workspaces using (workspace_id)
where is_guest and len(target_groups) = 0;

create or replace table fct_feature_usage as
select
    workspace_id, actor_id, any_value(user_id) as user_id, local_date, module, os,
    count(*) filter (where kind <> 'heartbeat') as interactions, count(*) filter (where kind = 'view') as views,
    count(distinct visit_no) filter (where kind <> 'heartbeat') as visits, sum(engaged_seconds) as engaged_seconds
from fct_events where visit_no is not null
group by workspace_id, actor_id, local_date, module, os;

create or replace table fct_user_daily as
with done as (
    select
        workspace_id, actor_id, any_value(user_id) as user_id, local_date,
        count(*) filter (where kind <> 'heartbeat') as interactions,
        count(*) filter (where kind <> 'heartbeat' and os = 'ios') as interactions_ios,
        count(*) filter (where kind <> 'heartbeat' and os = 'android') as interactions_android,
        count(*) filter (where kind <> 'heartbeat' and os = 'web') as interactions_web, max(occurred_at) as last_seen_at
    from fct_events where visit_no is not null
    group by workspace_id, actor_id, local_date
),
begun as (
    select
        workspace_id, actor_id, local_date, count(*) as visits, sum(engaged_seconds) as engaged_seconds,
        sum(elapsed_seconds) as elapsed_seconds, sum(interactions) as visit_interactions
    from fct_visits where is_counted
    group by workspace_id, actor_id, local_date
)
select * from done left join begun using (workspace_id, actor_id, local_date) where interactions > 0 or visits > 0;

create or replace table agg_workspace_daily as
select
    workspace_id, local_date, count(distinct user_id) filter (where visits > 0) as active_users,
    count(distinct actor_id) filter (where visits > 0 and user_id is null) as guests, sum(visits) as visits,
    sum(interactions) as interactions, sum(engaged_seconds) filter (where user_id is not null) as engaged_seconds,
    sum(elapsed_seconds) filter (where user_id is not null) as elapsed_seconds
from fct_user_daily semi join counting using (workspace_id, actor_id)
group by workspace_id, local_date;

create or replace table agg_interactions_by_os as
select workspace_id, local_date, os, sum(interactions) as interactions
from fct_feature_usage semi join counting using (workspace_id, actor_id)
group by workspace_id, local_date, os having sum(interactions) > 0;

create or replace table agg_path_links as
select
    workspace_id, local_date, level, step, item as source, next_item as target, next_kind as target_kind,
    count(*) as visits,
    count(distinct user_id) as users, sum(seconds_on_item) as seconds_on_source
from fct_path_steps semi join counting using (workspace_id, actor_id)
group by workspace_id, local_date, level, step, item, next_item, next_kind;

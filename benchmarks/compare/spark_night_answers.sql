-- sqlfluff:dialect:sparksql
-- visits
select
    visit, first(workspace_id) as workspace_id, first(actor_id) as actor_id, first(user_id) as user_id,
    min(occurred_at) as started_at, max(occurred_at) as ended_at, min_by(local_date, occurred_at) as local_date,
    count(*) as events, count_if(is_interaction) as interactions, sum(engaged_ms) as engaged_ms,
    min_by(module, struct(occurred_at, message_id)) filter (where is_interaction) as entry_module,
    max_by(module, struct(occurred_at, message_id)) filter (where is_interaction) as exit_module
from visit_events
group by visit;

-- features_by_visit
select
    workspace_id, actor_id, local_date, module, os, visit, count_if(is_interaction) as interactions,
    count_if(kind = 'view') as views, sum(engaged_ms) as engaged_ms
from visit_events
group by workspace_id, actor_id, local_date, module, os, visit;

-- features
select
    workspace_id, actor_id, local_date, module, os, sum(interactions) as interactions, sum(views) as views,
    count_if(interactions > 0) as visits, sum(engaged_ms) as engaged_ms
from features_by_visit
group by workspace_id, actor_id, local_date, module, os;

-- openings
select *, kind = 'view' and coalesce(occurred_at - max(if(kind = 'view', occurred_at, null)) over (
    partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
    rows between unbounded preceding and 1 preceding
) > 2000, true) as is_opening
from visit_events
where content_type is not null and content_id is not null and kind in ('view', 'heartbeat');

-- numbered
select
    *, sum(cast(is_opening as int)) over so_far as view_no,
    last(if(is_opening, visit, null), true) over so_far as opening_visit
from openings
window so_far as (partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
    rows between unbounded preceding and current row);

-- grouped_views
select
    workspace_id, actor_id, content_type, content_id, max(user_id) as user_id,
    max(if(is_opening, os, null)) as os, first(idle_cap) as idle_cap,
    max(if(is_opening, local_date, null)) as local_date, min(occurred_at) as viewed_at,
    max(if(kind = 'view', client_ms, null)) as client_ms,
    max(if(kind = 'heartbeat' and visit = opening_visit, occurred_at, null)) as beat_at,
    max(if(kind = 'view' and visit = opening_visit and not is_reopened_next, next_at, null)) as left_at
from numbered where view_no > 0
group by workspace_id, actor_id, content_type, content_id, view_no;

-- content_views
select
    workspace_id, actor_id, content_type, content_id, user_id, os, local_date, viewed_at,
    case
        when client_ms is not null then client_ms
        when beat_at is not null then beat_at - viewed_at
        when left_at is not null then least(left_at - viewed_at, idle_cap)
    end as viewed_ms
from grouped_views
where not coalesce(content_type = 'user' and content_id = user_id, false);

-- steps
select
    'module' as level, visit, module_step as step, max(if(is_interaction, module, null)) as item,
    count_if(is_interaction) as interactions, sum(engaged_ms) as ms
from visit_events where module_step between 1 and 11 group by visit, module_step
union all
select
    'content', visit, content_step, max(if(is_interaction, item, null)), count_if(is_interaction), sum(engaged_ms)
from visit_events where content_step between 1 and 11 group by visit, content_step;

-- linked
select *, lead(item) over (partition by level, visit order by step) as next_item from steps;

-- named_links
select
    v.workspace_id, local_date, level, step, item, if(step < 10, next_item, null) as target, v.user_id,
    case when next_item is null then 'exit' when step = 10 then 'continues' else 'item' end as target_kind,
    l.interactions, ms
from linked as l
inner join visits as v on l.visit = v.visit
left anti join test_accounts as t on v.workspace_id = t.workspace_id and v.user_id = t.user_id
where step <= 10;

-- path_links
select
    workspace_id, local_date, level, step, item, target, target_kind, count(*) as visits,
    count(distinct user_id) as users, sum(interactions) as interactions, sum(ms) as ms
from named_links
group by workspace_id, local_date, level, step, item, target, target_kind;

-- sqlfluff:dialect:clickhouse
-- Second half: answers out of the events of visits. A comment names the file that a query is written to.
create table visits engine = Memory as
select
    visit_no, any(e.workspace_id) as workspace_id, any(e.actor_id) as actor_id, any(e.user_id) as user_id,
    min(e.occurred_at) as started_at, max(e.occurred_at) as ended_at,
    argMin(e.local_date, e.occurred_at) as local_date, count() as events, countIf(e.is_interaction) as interactions,
    sum(e.engaged_ms) as engaged_ms,
    argMinIf(toNullable(e.module), (e.occurred_at, e.message_id), e.is_interaction) as entry_module,
    argMaxIf(toNullable(e.module), (e.occurred_at, e.message_id), e.is_interaction) as exit_module
from visit_events as e
group by visit_no;

-- to visits
select * except (visit_no) from visits;

-- to features
with by_visit as (
    select
        workspace_id, actor_id, local_date, module, os, visit_no, countIf(is_interaction) as acted,
        countIf(kind = 'view') as viewed, sum(engaged_ms) as ms
    from visit_events
    group by workspace_id, actor_id, local_date, module, os, visit_no
)
select
    workspace_id, actor_id, local_date, module, os, sum(acted) as interactions, sum(viewed) as views,
    countIf(acted > 0) as visits, sum(ms) as engaged_ms
from by_visit
group by workspace_id, actor_id, local_date, module, os;

-- to content_views
with openings as (
    select *, kind = 'view' and coalesce(occurred_at - max(if(kind = 'view', occurred_at, null)) over (
        partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
        rows between unbounded preceding and 1 preceding
    ) > 2000, true) as is_opening
    from visit_events
    where isNotNull(content_type) and isNotNull(content_id) and kind in ('view', 'heartbeat')
),
numbered as (
    select
        *, sum(is_opening) over so_far as view_no,
        last_value(if(is_opening, visit_no, null)) ignore nulls over so_far as opening_visit
    from openings
    window so_far as (partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
        rows between unbounded preceding and current row)
),
views as (
    select
        workspace_id, actor_id, content_type, content_id, max(n.user_id) as user_id,
        max(if(n.is_opening, n.os, null)) as os, any(n.idle_cap) as cap,
        max(if(n.is_opening, n.local_date, null)) as local_date, min(n.occurred_at) as viewed_at,
        max(if(n.kind = 'view', n.client_ms, null)) as own_ms,
        max(if(n.kind = 'heartbeat' and n.visit_no = n.opening_visit, n.occurred_at, null)) as beat_at,
        max(if(n.kind = 'view' and n.visit_no = n.opening_visit and not n.is_reopened_next, n.next_at, null)) as left_at
    from numbered as n where view_no > 0
    group by workspace_id, actor_id, content_type, content_id, view_no
)
select
    workspace_id, actor_id, content_type, content_id, user_id, os, local_date, viewed_at,
    multiIf(isNotNull(own_ms), own_ms, isNotNull(beat_at), beat_at - viewed_at,
        isNotNull(left_at), least(left_at - viewed_at, cap), null) as viewed_ms
from views
where not coalesce(content_type = 'user' and content_id = user_id, false);

-- to path_links
with steps as (
    select
        'module' as level, visit_no, module_step as step, max(if(is_interaction, module, null)) as item,
        countIf(is_interaction) as acted, sum(engaged_ms) as spent
    from visit_events where module_step between 1 and 11 group by visit_no, module_step
    union all
    select
        'content', visit_no, content_step, max(if(is_interaction, item, null)), countIf(is_interaction), sum(engaged_ms)
    from visit_events where content_step between 1 and 11 group by visit_no, content_step
),
linked as (
    select *, leadInFrame(item) over (
        partition by level, visit_no order by step rows between current row and 1 following
    ) as next_item
    from steps
)
select
    v.workspace_id as workspace_id, v.local_date as local_date, level, step, item,
    if(step < 10, next_item, null) as target,
    multiIf(isNull(next_item), 'exit', step = 10, 'continues', 'item') as target_kind, count() as visits,
    uniqExact(v.user_id) as users, sum(acted) as interactions, sum(spent) as ms
from linked as l
inner join visits as v on l.visit_no = v.visit_no
where
    step <= 10
    and (
        isNull(v.user_id)
        or (v.workspace_id, assumeNotNull(v.user_id)) not in (select workspace_id, user_id from test_accounts)
    )
group by workspace_id, local_date, level, step, item, target, target_kind;

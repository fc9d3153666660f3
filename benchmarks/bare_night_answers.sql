-- The barer yardstick, second half: what happened in each visit, features, content views, links of paths.
-- Clocks change at quarters of an hour, so each quarter is converted once.
create temp table quarters as
select workspace_id, quarter, (quarter::timestamptz at time zone timezone) - quarter as shift
from (select distinct workspace_id, time_bucket(interval 15 minutes, occurred_at) as quarter from events)
inner join workspaces using (workspace_id);

-- Steps of paths: equal items in a row are one step. '' is the item of a screen that the catalogue does not know.
create temp table visit_events as
with placed as (
    select
        events.* exclude (device, device_id, user_id, os, timeout, session_no, is_start), visit_no, sessions.user_id,
        actor_id, if(os in ('other', 'unknown'), session_os, os) as os, (occurred_at + shift)::date as local_date,
        if(content_type is not null and content_id is not null, content_type || ':' || content_id, module) as item
    from session_events as events
    inner join sessions using (device, session_no)
    inner join quarters
        on events.workspace_id = quarters.workspace_id
        and quarters.quarter = time_bucket(interval 15 minutes, occurred_at)
),
beside as (
    select
        *, lead(occurred_at) over in_visit as next_at,
        coalesce(lead(kind) over in_visit = 'view' and lead(content_type) over in_visit = content_type
            and lead(content_id) over in_visit = content_id
            and lead(occurred_at) over in_visit <= occurred_at + interval 2 seconds, false) as is_reopened_next,
        last_value(if(is_interaction, module, null) ignore nulls) over before as previous_module,
        last_value(if(is_interaction, item, null) ignore nulls) over before as previous_item
    from placed
    window
        in_visit as (partition by visit_no order by occurred_at, message_id),
        before as (partition by visit_no order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding)
)
select
    * exclude (previous_module, previous_item),
    seconds(if(epoch_us(next_at - occurred_at) // 1000 > idle_cap * 1000, idle_cap * 1000,
        coalesce(epoch_us(next_at - occurred_at) // 1000, 0))) as engaged_seconds,
    sum((is_interaction and previous_module is distinct from module)::integer) over so_far as module_step,
    sum((is_interaction and previous_item is distinct from item)::integer) over so_far as content_step
from beside
window so_far as (
    partition by visit_no order by occurred_at, message_id rows between unbounded preceding and current row
);

create table visits as
select
    visit_no, any_value(workspace_id) as workspace_id, any_value(actor_id) as actor_id, any_value(user_id) as user_id,
    min(occurred_at) as started_at, max(occurred_at) as ended_at, arg_min(local_date, occurred_at) as local_date,
    count(*) as events, count(*) filter (is_interaction) as interactions,
    seconds(epoch_us(max(occurred_at) - min(occurred_at)) // 1000) as elapsed_seconds,
    sum(engaged_seconds) as engaged_seconds,
    arg_min(module, (occurred_at, message_id)) filter (is_interaction) as entry_module,
    arg_max(module, (occurred_at, message_id)) filter (is_interaction) as exit_module
from visit_events
group by visit_no;

create table features as
with by_visit as (
    select
        workspace_id, actor_id, local_date, module, os, visit_no, count(*) filter (is_interaction) as interactions,
        count(*) filter (kind = 'view') as views, sum(engaged_seconds) as engaged_seconds
    from visit_events
    group by all
)
select
    workspace_id, actor_id, local_date, module, os, sum(interactions) as interactions, sum(views) as views,
    count(*) filter (interactions > 0) as visits, sum(engaged_seconds) as engaged_seconds
from by_visit
group by all;

-- A view: openings of one item by one person, each within 2 s of the one before, and the heartbeats until the next.
create table content_views as
with openings as (
    select *, kind = 'view' and coalesce(occurred_at - max(if(kind = 'view', occurred_at, null)) over (
        partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
        rows between unbounded preceding and 1 preceding
    ) > interval 2 seconds, true) as is_opening
    from visit_events
    where content_type is not null and content_id is not null and kind in ('view', 'heartbeat')
),
numbered as (
    select
        *, sum(is_opening::integer) over so_far as view_no,
        last_value(if(is_opening, visit_no, null) ignore nulls) over so_far as opening_visit
    from openings
    window so_far as (partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
        rows between unbounded preceding and current row)
),
views as (
    select
        workspace_id, actor_id, content_type, content_id, max(user_id) as user_id,
        max(opening_visit) as visit_no, max(if(is_opening, os, null)) as os, any_value(idle_cap) as idle_cap,
        max(if(is_opening, local_date, null)) as local_date, min(occurred_at) as viewed_at,
        max(if(kind = 'view', client_seconds, null)) as client_seconds,
        max(if(kind = 'heartbeat' and visit_no = opening_visit, occurred_at, null)) as beat_at,
        max(if(kind = 'view' and visit_no = opening_visit and not is_reopened_next, next_at, null)) as left_at
    from numbered where view_no > 0
    group by workspace_id, actor_id, content_type, content_id, view_no
)
select
    * exclude (client_seconds, beat_at, left_at, idle_cap),
    case
        when client_seconds is not null then client_seconds
        when beat_at is not null then seconds(epoch_us(beat_at - viewed_at) // 1000)
        when epoch_us(left_at - viewed_at) // 1000 > idle_cap * 1000 then idle_cap
        else seconds(epoch_us(left_at - viewed_at) // 1000)
    end as seconds_viewed
from views
where not coalesce(content_type = 'user' and content_id = user_id, false);

create table path_links as
with steps as (
    select
        'module' as level, visit_no, module_step as step, max(if(is_interaction, module, null)) as item,
        count(*) filter (is_interaction) as interactions, sum(engaged_seconds) as seconds
    from visit_events where module_step between 1 and 11 group by visit_no, module_step
    union all
    select
        'content', visit_no, content_step, max(if(is_interaction, item, null)),
        count(*) filter (is_interaction), sum(engaged_seconds)
    from visit_events where content_step between 1 and 11 group by visit_no, content_step
),
linked as (
    select *, lead(item) over (partition by level, visit_no order by step) as next_item from steps
)
select
    workspace_id, local_date, level, step, item as source, if(step < 10, next_item, null) as target,
    case when next_item is null then 'exit' when step = 10 then 'continues' else 'item' end as target_kind,
    count(*) as visits, count(distinct user_id) as users, sum(linked.interactions) as interactions,
    sum(seconds) as seconds_on_source
from linked inner join visits using (visit_no)
where
    step <= 10
    and (user_id is null or (workspace_id, user_id) not in (select (workspace_id, user_id) from test_accounts))
group by all;

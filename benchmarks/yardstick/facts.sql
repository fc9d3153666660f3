-- Facts by event, session, visit, opening, search and step.
create or replace table fct_events as
select
    workspace_id, message_id, session_id, visit_id, visit_no, actor_id, visit_sessions.user_id, device_id, os,
    occurred_at, local_at::date as local_date, hour(local_at) as local_hour, event, kind, module, action, content_type,
    content_id, content_title, duration_seconds, query, results,
    (epoch_us(lead(occurred_at) over in_visit - occurred_at) // 1000 / 1000)::decimal(18, 3) as seconds_to_next,
    case
        when lead(occurred_at) over in_visit is null then 0
        when epoch_us(lead(occurred_at) over in_visit - occurred_at) // 1000 > idle_cap_seconds * 1000
            then idle_cap_seconds
        else epoch_us(lead(occurred_at) over in_visit - occurred_at) // 1000 / 1000
    end::decimal(18, 3) as engaged_seconds
from in_sessions
inner join (
    select device_no, session_no, device_id, session_id, visit_id, visit_no, user_id, actor_id from visit_sessions
) as visit_sessions using (device_no, session_no)
inner join (select workspace_id, idle_cap_seconds from workspaces) using (workspace_id)
window in_visit as (partition by visit_no order by occurred_at, message_id);

insert into fct_events by name
select
    workspace_id, message_id, coalesce(user_id, 'device:' || device_id) as actor_id, user_id, device_id, os,
    occurred_at,
    local_at::date as local_date, hour(local_at) as local_hour, event, kind, module, action, content_type, content_id,
    content_title, duration_seconds, query, results
from classified inner join devices using (device_no, workspace_id)
where kind not in ('interaction', 'view', 'heartbeat');

create or replace table fct_visits as
select
    any_value(visit_id) as visit_id, visit_no, any_value(workspace_id) as workspace_id,
    any_value(actor_id) as actor_id, any_value(user_id) as user_id, any_value(user_id) is null as is_guest,
    count(*) filter (where kind <> 'heartbeat') > 0 as is_counted, min(occurred_at) as started_at,
    max(occurred_at) as ended_at, arg_min(local_date, occurred_at) as local_date,
    count(distinct session_id) as sessions, count(*) as events,
    count(*) filter (where kind <> 'heartbeat') as interactions,
    (epoch_us(max(occurred_at) - min(occurred_at)) // 1000 / 1000)::decimal(18, 3) as elapsed_seconds,
    sum(engaged_seconds) as engaged_seconds,
    arg_min(module, (occurred_at, message_id)) filter (where kind <> 'heartbeat') as entry_module,
    arg_max(module, (occurred_at, message_id)) filter (where kind <> 'heartbeat') as exit_module
from fct_events where visit_no is not null
group by visit_no;

create or replace table fct_sessions as
select
    session_id, any_value(workspace_id) as workspace_id, any_value(device_id) as device_id,
    any_value(actor_id) as actor_id, any_value(user_id) as user_id, arg_min(os, (occurred_at, message_id)) as os,
    min(occurred_at) as started_at, max(occurred_at) as ended_at, arg_min(local_date, occurred_at) as local_date,
    count(*) as events, count(*) filter (where kind <> 'heartbeat') as interactions,
    (epoch_us(max(occurred_at) - min(occurred_at)) // 1000 / 1000)::decimal(18, 3) as elapsed_seconds,
    sum(engaged_seconds) as engaged_seconds, any_value(visit_id) as visit_id
from fct_events where visit_no is not null
group by session_id;

create or replace table fct_searches as
select
    workspace_id, message_id, actor_id, user_id, visit_id, os, occurred_at as searched_at, local_date,
    regexp_replace(trim(lower(nfc_normalize(query))), '\s+', ' ', 'g') as term, results
from fct_events where query is not null and visit_no is not null and trim(query) <> '';

create or replace temp table item_events as
select
    *,
    max(case when opens then occurred_at end) over in_item as opened_at,
    sum(opens::integer) over in_item as opening_no
from (
    select
        *,
        kind = 'view' and coalesce(occurred_at - lag(case when kind = 'view' then occurred_at end ignore nulls) over (
            partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
        ) > interval 2 seconds, true) as opens
    from fct_events
    where content_type is not null and content_id is not null and kind in ('view', 'heartbeat')
        and not (content_type = 'user' and coalesce(content_id = user_id, false))
)
window in_item as (
    partition by workspace_id, actor_id, content_type, content_id order by occurred_at, message_id
    rows between unbounded preceding and current row
);

create or replace table fct_content_views as
with openings as (
    select
        workspace_id, actor_id, content_type, content_id, opening_no, any_value(user_id) as user_id,
        min(opened_at) as viewed_at, arg_min(message_id, (occurred_at, message_id)) as first_id,
        arg_min(visit_no, (occurred_at, message_id)) as visit_no,
        arg_min(visit_id, (occurred_at, message_id)) as visit_id,
        arg_min(os, (occurred_at, message_id)) as os, arg_min(local_date, (occurred_at, message_id)) as local_date,
        max(duration_seconds) filter (where kind = 'view') as client_seconds,
        max(struct_pack(t := occurred_at, v := visit_no)) filter (where kind = 'heartbeat') as beat,
        arg_max(seconds_to_next, (occurred_at, message_id)) filter (where kind = 'view') as to_next,
        max(occurred_at) filter (where kind = 'view') as last_opened_at
    from item_events where opening_no > 0
    group by workspace_id, actor_id, content_type, content_id, opening_no
)
select
    md5(workspace_id || '|' || actor_id || '|' || first_id) as view_id, workspace_id, actor_id, user_id, visit_id,
    content_type, content_id, os, viewed_at, local_date,
    case
        when client_seconds is not null then client_seconds
        when beat.v = visit_no then (epoch_us(beat.t - viewed_at) // 1000 / 1000)::decimal(18, 3)
        when to_next is null then null
        else least(to_next + (epoch_us(last_opened_at - viewed_at) // 1000 / 1000)::decimal(18, 3), idle_cap_seconds)
    end as seconds_viewed
from openings inner join workspaces using (workspace_id);

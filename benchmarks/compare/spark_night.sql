-- sqlfluff:dialect:sparksql
-- workspaces
select
    workspace_id, coalesce(timezone, 'UTC') as timezone, coalesce(visit_timeout_minutes, 30) * 60000 as timeout,
    coalesce(idle_cap_seconds, 300) * 1000 as idle_cap
from (select *, row_number() over (partition by workspace_id order by updated_at desc) as place from raw_workspaces)
where place = 1;

-- test_accounts
select workspace_id, user_id
from (
    select *, row_number() over (partition by workspace_id, user_id order by updated_at desc) as place
    from raw_participants
)
where place = 1 and is_test;

-- lines
select *
from (
    select
        context.groupId as workspace_id, messageId as message_id, trim(both ' \t' from userId) as user_id,
        coalesce(context.device.id, anonymousId, concat('user:', trim(both ' \t' from userId))) as device_id,
        coalesce(
            unix_millis(timestamp),
            unix_millis(receivedAt) - (unix_millis(sentAt) - unix_millis(originalTimestamp)),
            unix_millis(originalTimestamp), unix_millis(receivedAt)
        ) as occurred_at,
        unix_millis(receivedAt) as received_at, type, coalesce(event, name, type) as event,
        case
            when type = 'page' or channel = 'browser' then 'web'
            when lower(context.os.name) in ('ios', 'ipados') then 'ios'
            else coalesce(lower(context.os.name), 'unknown')
        end as os,
        properties.module, properties.content_type, properties.content_id,
        if(properties.duration_seconds between 0 and 86400,
            cast(round(properties.duration_seconds * 1000) as bigint), null) as client_ms,
        context.consent.categoryPreferences.Analytics as consent
    from raw
)
where
    workspace_id <> '' and message_id <> '' and device_id <> ''
    and occurred_at between received_at - 2592000000 and received_at + 300000 and coalesce(consent, true);

-- once
select *
from (
    select *, row_number() over (
        partition by workspace_id, message_id order by received_at nulls last, occurred_at
    ) as place
    from lines
)
where place = 1;

-- events
select
    once.workspace_id, message_id, user_id, device_id, occurred_at, os, content_id, client_ms, timeout, idle_cap,
    timezone, coalesce(catalog.kind, if(type in ('screen', 'page'), 'view', 'interaction')) as kind,
    coalesce(catalog.kind, '') <> 'heartbeat' as is_interaction,
    coalesce(once.module, catalog.module, '') as module,
    coalesce(once.content_type, catalog.content_type) as content_type
from once
left join catalog on once.event = catalog.event
inner join workspaces on once.workspace_id = workspaces.workspace_id
where
    coalesce(catalog.kind, if(type in ('identify', 'group'), 'system', 'interaction'))
    in ('interaction', 'view', 'heartbeat');

-- events_by_pause
select
    *, lag(occurred_at) over in_order as previous_at, last(user_id, true) over before as previous_user,
    last(if(user_id is null, null, occurred_at), true) over before as previous_user_at
from events
window
    in_order as (partition by workspace_id, device_id order by occurred_at, message_id),
    before as (partition by workspace_id, device_id order by occurred_at, message_id
        rows between unbounded preceding and 1 preceding);

-- events_by_run
select *, max(if(previous_at is null or occurred_at - previous_at >= timeout, occurred_at, null)) over (
    partition by workspace_id, device_id order by occurred_at, message_id
    rows between unbounded preceding and current row
) as run_at
from events_by_pause;

-- events_by_session
select
    *, previous_at is null or previous_at < run_at
    or coalesce(previous_user_at >= run_at and previous_user <> user_id, false)
    or (occurred_at - run_at) div 86400000 <> (previous_at - run_at) div 86400000 as is_start
from events_by_run;

-- session_events
select *, sum(cast(is_start as int)) over (
    partition by workspace_id, device_id order by occurred_at, message_id
    rows between unbounded preceding and current row
) as session_no
from events_by_session;

-- grouped_sessions
select
    workspace_id, device_id, session_no, max(user_id) as user_id,
    coalesce(max(user_id), concat('device:', device_id)) as actor_id, first(timeout) as timeout,
    min(occurred_at) as started_at, max(occurred_at) as ended_at, max(if(is_start, message_id, null)) as first_id,
    coalesce(
        max(if(is_start and os not in ('other', 'unknown'), os, null)), max(if(os = 'web', os, null)),
        max(if(os not in ('other', 'unknown'), os, null)), max(if(os = 'other', os, null)), 'unknown'
    ) as session_os
from session_events
group by workspace_id, device_id, session_no;

-- sessions_by_pause
select *, lag(started_at) over in_order as previous_at, max(ended_at) over before as latest_at
from grouped_sessions
window
    in_order as (partition by workspace_id, actor_id order by started_at, first_id),
    before as (partition by workspace_id, actor_id order by started_at, first_id
        rows between unbounded preceding and 1 preceding);

-- sessions_by_run
select *, max(if(latest_at is null or started_at - latest_at >= timeout, started_at, null)) over (
    partition by workspace_id, actor_id order by started_at, first_id
    rows between unbounded preceding and current row
) as run_at
from sessions_by_pause;

-- sessions
select
    workspace_id, device_id, session_no, user_id, actor_id, session_os,
    sum(cast(
        previous_at is null or previous_at < run_at
        or (started_at - run_at) div 86400000 <> (previous_at - run_at) div 86400000 as int
    )) over (
        partition by workspace_id, actor_id order by started_at, first_id
        rows between unbounded preceding and current row
    ) as visit_no
from sessions_by_run;

-- placed
select
    e.workspace_id, e.message_id, e.occurred_at, e.kind, e.is_interaction, e.module, e.content_type, e.content_id,
    e.client_ms, e.idle_cap, concat_ws('|', e.workspace_id, s.actor_id, s.visit_no) as visit, s.user_id, s.actor_id,
    if(e.os in ('other', 'unknown'), s.session_os, e.os) as os,
    to_date(from_utc_timestamp(timestamp_millis(e.occurred_at), e.timezone)) as local_date,
    coalesce(concat(e.content_type, ':', e.content_id), e.module) as item
from session_events as e
inner join sessions as s
    on e.workspace_id = s.workspace_id and e.device_id = s.device_id and e.session_no = s.session_no;

-- beside
select
    *, lead(occurred_at) over in_visit as next_at, lead(kind) over in_visit as next_kind,
    lead(content_type) over in_visit as next_type, lead(content_id) over in_visit as next_id,
    last(if(is_interaction, module, null), true) over before as previous_module,
    last(if(is_interaction, item, null), true) over before as previous_item
from placed
window
    in_visit as (partition by visit order by occurred_at, message_id),
    before as (partition by visit order by occurred_at, message_id
        rows between unbounded preceding and 1 preceding);

-- with_changes
select
    *, if(next_at is null, 0, least(next_at - occurred_at, idle_cap)) as engaged_ms,
    coalesce(next_kind = 'view' and next_type = content_type and next_id = content_id
        and next_at <= occurred_at + 2000, false) as is_reopened_next,
    cast(is_interaction and not (previous_module <=> module) as int) as is_other_module,
    cast(is_interaction and not (previous_item <=> item) as int) as is_other_item
from beside;

-- visit_events
select *, sum(is_other_module) over so_far as module_step, sum(is_other_item) over so_far as content_step
from with_changes
window so_far as (
    partition by visit order by occurred_at, message_id rows between unbounded preceding and current row
);

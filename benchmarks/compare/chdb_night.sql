-- sqlfluff:dialect:clickhouse
-- The bare night in ClickHouse: the same answers as ``benchmarks/bare_night.sql``, whose comments say what each step
-- is. Times and durations are milliseconds.
create table catalog engine = Memory as
select event, nullIf(kind, '') as kind, nullIf(module, '') as module, nullIf(content_type, '') as content_type
from file('{catalog}', CSVWithNames);

create table workspaces engine = Memory as
select
    workspace_id, argMax(coalesce(timezone, 'UTC'), updated_at) as timezone,
    argMax(coalesce(visit_timeout_minutes, 30), updated_at) * 60000 as timeout,
    argMax(coalesce(idle_cap_seconds, 300), updated_at) * 1000 as idle_cap
from file('{landing}/entities/*/workspaces.jsonl', JSONEachRow,
    'workspace_id String, timezone Nullable(String), visit_timeout_minutes Nullable(Int64),
    idle_cap_seconds Nullable(Int64), updated_at String')
group by workspace_id;

create table test_accounts engine = Memory as
select workspace_id, user_id
from file('{landing}/entities/*/participants.jsonl', JSONEachRow,
    'workspace_id String, user_id String, is_test Nullable(Bool), updated_at String')
group by workspace_id, user_id having argMax(coalesce(is_test, false), updated_at);

create table lines engine = Memory as
with
    trim(both ' \t' from userId) as trimmed,
    toUnixTimestamp64Milli(timestamp) as stated, toUnixTimestamp64Milli(receivedAt) as received,
    toUnixTimestamp64Milli(sentAt) as sent, toUnixTimestamp64Milli(originalTimestamp) as original
select
    assumeNotNull(context.groupId) as workspace_id, assumeNotNull(messageId) as message_id, trimmed as user_id,
    assumeNotNull(coalesce(context.device.id, anonymousId, concat('user:', trimmed))) as device_id,
    assumeNotNull(coalesce(stated, received - (sent - original), original, received)) as occurred_at,
    received as received_at, type, assumeNotNull(coalesce(event, name, type)) as event,
    multiIf(
        coalesce(type = 'page' or channel = 'browser', false), 'web',
        coalesce(lower(context.os.name) in ('ios', 'ipados'), false), 'ios',
        coalesce(lower(context.os.name), 'unknown')
    ) as os,
    properties.module as module, properties.content_type as content_type, properties.content_id as content_id,
    if(properties.duration_seconds between 0 and 86400, toInt64(round(properties.duration_seconds * 1000)), null)
        as client_ms
from file('{landing}/events/*/*.jsonl.gz', JSONEachRow,
    'messageId Nullable(String), type Nullable(String), event Nullable(String), name Nullable(String),
    userId Nullable(String), anonymousId Nullable(String), timestamp Nullable(DateTime64(3, \'UTC\')),
    originalTimestamp Nullable(DateTime64(3, \'UTC\')), sentAt Nullable(DateTime64(3, \'UTC\')),
    receivedAt Nullable(DateTime64(3, \'UTC\')), channel Nullable(String),
    context Tuple(groupId Nullable(String), device Tuple(id Nullable(String)), os Tuple(name Nullable(String)),
        consent Tuple(categoryPreferences Tuple(Analytics Nullable(Bool)))),
    properties Tuple(module Nullable(String), content_type Nullable(String), content_id Nullable(String),
        duration_seconds Nullable(Float64))')
where
    coalesce(context.groupId, '') <> '' and coalesce(messageId, '') <> ''
    and coalesce(coalesce(context.device.id, anonymousId, concat('user:', trimmed)), '') <> ''
    and coalesce(stated, received - (sent - original), original, received) between received - 2592000000
        and received + 300000
    and coalesce(context.consent.categoryPreferences.Analytics, true);

create table events engine = Memory as
select
    once.workspace_id as workspace_id, once.message_id as message_id, once.user_id as user_id,
    once.device_id as device_id, once.occurred_at as occurred_at, once.os as os, once.content_id as content_id,
    once.client_ms as client_ms, workspaces.timeout as timeout, workspaces.idle_cap as idle_cap,
    workspaces.timezone as timezone,
    coalesce(catalog.kind, if(once.type in ('screen', 'page'), 'view', 'interaction')) as kind,
    coalesce(catalog.kind, '') <> 'heartbeat' as is_interaction,
    coalesce(once.module, catalog.module, '') as module,
    coalesce(once.content_type, catalog.content_type) as content_type
from (
    select * from lines
    order by isNull(received_at), received_at, occurred_at
    limit 1 by workspace_id, message_id
) as once
left join catalog on once.event = catalog.event
inner join workspaces on once.workspace_id = workspaces.workspace_id
where coalesce(catalog.kind, if(once.type in ('identify', 'group'), 'system', 'interaction'))
    in ('interaction', 'view', 'heartbeat');

drop table lines;

create table session_events engine = Memory as
with by_pause as (
    select
        *, lagInFrame(toNullable(occurred_at)) over in_order as previous_at,
        last_value(user_id) ignore nulls over before as previous_user,
        last_value(if(isNull(user_id), null, occurred_at)) ignore nulls over before as previous_user_at
    from events
    window
        in_order as (partition by workspace_id, device_id order by occurred_at, message_id
            rows between 1 preceding and current row),
        before as (partition by workspace_id, device_id order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding)
),
by_run as (
    select *, max(if(isNull(previous_at) or occurred_at - previous_at >= timeout, occurred_at, null)) over (
        partition by workspace_id, device_id order by occurred_at, message_id
        rows between unbounded preceding and current row
    ) as run_at
    from by_pause
),
by_session as (
    select
        * except (previous_at, previous_user, previous_user_at, run_at),
        isNull(previous_at) or coalesce(previous_at < run_at, false)
        or coalesce(previous_user_at >= run_at and previous_user <> user_id, false)
        or coalesce(intDiv(occurred_at - run_at, 86400000) <> intDiv(previous_at - run_at, 86400000), false) as is_start
    from by_run
)
select *, sum(is_start) over (
    partition by workspace_id, device_id order by occurred_at, message_id
    rows between unbounded preceding and current row
) as session_no
from by_session;

drop table events;

create table sessions engine = Memory as
with sessions as (
    select
        workspace_id, device_id, session_no, max(e.user_id) as user_id,
        coalesce(max(e.user_id), concat('device:', device_id)) as actor_id, any(e.timeout) as timeout,
        min(e.occurred_at) as started_at, max(e.occurred_at) as ended_at,
        max(if(e.is_start, e.message_id, '')) as first_id,
        coalesce(
            max(if(is_start and os not in ('other', 'unknown'), os, null)), max(if(os = 'web', os, null)),
            max(if(os not in ('other', 'unknown'), os, null)), max(if(os = 'other', os, null)), 'unknown'
        ) as session_os
    from session_events as e
    group by workspace_id, device_id, session_no
),
by_pause as (
    select
        *, lagInFrame(toNullable(started_at)) over in_order as previous_at,
        max(toNullable(ended_at)) over before as latest_at
    from sessions
    window
        in_order as (partition by workspace_id, actor_id order by started_at, first_id
            rows between 1 preceding and current row),
        before as (partition by workspace_id, actor_id order by started_at, first_id
            rows between unbounded preceding and 1 preceding)
),
by_run as (
    select *, max(if(isNull(previous_at) or started_at - latest_at >= timeout, started_at, null)) over (
        partition by workspace_id, actor_id order by started_at, first_id
        rows between unbounded preceding and current row
    ) as run_at
    from by_pause
)
select
    workspace_id, device_id, session_no, user_id, actor_id, session_os,
    sum(
        isNull(previous_at) or coalesce(previous_at < run_at, false)
        or coalesce(intDiv(started_at - run_at, 86400000) <> intDiv(previous_at - run_at, 86400000), false)
    ) over (
        order by workspace_id, actor_id, started_at, first_id rows between unbounded preceding and current row
    ) as visit_no
from by_run;

create table visit_events engine = Memory as
with placed as (
    select
        e.workspace_id as workspace_id, e.message_id as message_id, e.occurred_at as occurred_at, e.kind as kind,
        e.is_interaction as is_interaction, e.module as module, e.content_type as content_type,
        e.content_id as content_id, e.client_ms as client_ms, e.idle_cap as idle_cap, s.visit_no as visit_no,
        s.user_id as user_id, s.actor_id as actor_id, if(e.os in ('other', 'unknown'), s.session_os, e.os) as os,
        {zones} as local_date,
        if(isNotNull(e.content_type) and isNotNull(e.content_id),
            concat(assumeNotNull(e.content_type), ':', assumeNotNull(e.content_id)), e.module) as item
    from session_events as e
    inner join sessions as s
        on e.workspace_id = s.workspace_id and e.device_id = s.device_id and e.session_no = s.session_no
),
beside as (
    select
        *, leadInFrame(toNullable(occurred_at)) over in_visit as next_at,
        coalesce(leadInFrame(toNullable(kind)) over in_visit = 'view'
            and leadInFrame(content_type) over in_visit = content_type
            and leadInFrame(content_id) over in_visit = content_id
            and leadInFrame(toNullable(occurred_at)) over in_visit <= occurred_at + 2000, false) as is_reopened_next,
        last_value(if(is_interaction, module, null)) ignore nulls over before as previous_module,
        last_value(if(is_interaction, item, null)) ignore nulls over before as previous_item
    from placed
    window
        in_visit as (partition by visit_no order by occurred_at, message_id
            rows between current row and 1 following),
        before as (partition by visit_no order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding)
)
select
    * except (previous_module, previous_item),
    if(isNull(next_at), 0, least(next_at - occurred_at, idle_cap)) as engaged_ms,
    sum(is_interaction and coalesce(previous_module <> module, true)) over so_far as module_step,
    sum(is_interaction and coalesce(previous_item <> item, true)) over so_far as content_step
from beside
window so_far as (
    partition by visit_no order by occurred_at, message_id rows between unbounded preceding and current row
);

drop table session_events;

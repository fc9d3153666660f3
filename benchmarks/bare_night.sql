-- The barer yardstick: landing files to events with their visits, in few passes. A line that cannot be read is
-- dropped, nothing is checked, and there is no history. Definitions: docs/definitions.md.
create temp macro seconds(ms) as (ms::decimal(18, 3) * 0.001::decimal(4, 3))::decimal(18, 3);

create temp table catalog as
select event, kind, module, content_type from read_csv($catalog);

create temp table workspaces as
select
    workspace_id, coalesce(timezone, 'UTC') as timezone,
    to_minutes(coalesce(visit_timeout_minutes, 30)::integer) as timeout, coalesce(idle_cap_seconds, 300) as idle_cap
from read_json($workspaces, format = 'newline_delimited', ignore_errors = true)
qualify row_number() over (partition by workspace_id order by updated_at desc) = 1;

create temp table test_accounts as
select workspace_id, user_id from read_json($participants, format = 'newline_delimited', ignore_errors = true)
qualify row_number() over (partition by workspace_id, user_id order by updated_at desc) = 1 and is_test;

create temp table lines as
select
    context.groupId as workspace_id, messageId as message_id, hash(workspace_id, message_id) as message,
    trim(userId, e' \t') as user_id, coalesce(context.device.id, anonymousId, 'user:' || user_id) as device_id,
    hash(workspace_id, device_id) as device,
    coalesce(timestamp, receivedAt - (sentAt - originalTimestamp), originalTimestamp, receivedAt)::timestamp
        as occurred_at,
    receivedAt as received_at, type, coalesce(event, name, type) as event,
    case
        when type = 'page' or channel = 'browser' then 'web'
        when lower(context.os.name) in ('ios', 'ipados') then 'ios'
        else coalesce(lower(context.os.name), 'unknown')
    end as os,
    properties.module, properties.content_type, properties.content_id,
    if(properties.duration_seconds between 0 and 86400, properties.duration_seconds, null) as client_seconds
from read_json($events, format = 'newline_delimited', ignore_errors = true, maximum_object_size = 2097152, columns = {
    messageId: 'VARCHAR', type: 'VARCHAR', event: 'VARCHAR', name: 'VARCHAR', userId: 'VARCHAR', anonymousId: 'VARCHAR',
    timestamp: 'TIMESTAMPTZ', originalTimestamp: 'TIMESTAMPTZ', sentAt: 'TIMESTAMPTZ', receivedAt: 'TIMESTAMPTZ',
    channel: 'VARCHAR', context: 'STRUCT(groupId VARCHAR, device STRUCT(id VARCHAR), os STRUCT(name VARCHAR),
        consent STRUCT(categoryPreferences STRUCT(Analytics BOOLEAN)))',
    properties: 'STRUCT(module VARCHAR, content_type VARCHAR, content_id VARCHAR, duration_seconds DECIMAL(18, 3))'
})
where
    workspace_id <> '' and message_id <> '' and device_id <> '' and occurred_at is not null
    and occurred_at <= received_at + interval 5 minutes and occurred_at >= received_at - interval 30 days
    and context.consent.categoryPreferences.Analytics is distinct from false;

create temp table copies as
select message from lines group by message having count(*) > 1;

-- the copy that was received first counts; keys of 8 bytes stand for ids
create temp table events as
with once as (
    select * from lines anti join copies using (message)
    union all
    select * from lines semi join copies using (message)
    qualify row_number() over (partition by workspace_id, message_id order by received_at nulls last, occurred_at) = 1
)
select
    once.* exclude (message, received_at, type, event, module, content_type),
    workspaces.timeout, workspaces.idle_cap,
    coalesce(catalog.kind, if(type in ('screen', 'page'), 'view', 'interaction')) as kind,
    coalesce(catalog.kind, '') <> 'heartbeat' as is_interaction,
    coalesce(once.module, catalog.module, '') as module,
    coalesce(once.content_type, catalog.content_type) as content_type
from once left join catalog using (event) inner join workspaces using (workspace_id)
where
    coalesce(catalog.kind, if(type in ('identify', 'group'), 'system', 'interaction'))
    in ('interaction', 'view', 'heartbeat');

-- A session: one device up to a pause, another user or 24 hours.
create temp table session_events as
with by_pause as (
    select
        *, lag(occurred_at) over in_order as previous_at,
        last_value(user_id ignore nulls) over before as previous_user,
        last_value(case when user_id is not null then occurred_at end ignore nulls) over before as previous_user_at
    from events
    window
        in_order as (partition by device order by occurred_at, message_id),
        before as (partition by device order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding)
),
by_run as (
    select *, max(case when previous_at is null or occurred_at - previous_at >= timeout then occurred_at end) over (
        partition by device order by occurred_at, message_id rows between unbounded preceding and current row
    ) as run_at
    from by_pause
),
by_session as (
    select
        * exclude (previous_at, previous_user, previous_user_at, run_at),
        previous_at is null or previous_at < run_at
        or coalesce(previous_user_at >= run_at and previous_user <> user_id, false)
        or epoch_us(occurred_at - run_at) // 86400000000 <> epoch_us(previous_at - run_at) // 86400000000 as is_start
    from by_run
)
select *, sum(is_start::integer) over (
    partition by device order by occurred_at, message_id rows between unbounded preceding and current row
) as session_no
from by_session;

-- A visit: the sessions of one person, on any device, up to a pause or 24 hours.
create temp table sessions as
with sessions as (
    select
        device, session_no, any_value(workspace_id) as workspace_id, max(user_id) as user_id,
        coalesce(max(user_id), 'device:' || any_value(device_id)) as actor_id, any_value(timeout) as timeout,
        min(occurred_at) as started_at, max(occurred_at) as ended_at,
        max(case when is_start then message_id end) as first_id,
        coalesce(
            max(case when is_start and os not in ('other', 'unknown') then os end),
            max(case when os = 'web' then os end), max(case when os not in ('other', 'unknown') then os end),
            max(case when os = 'other' then os end), 'unknown'
        ) as session_os
    from session_events
    group by device, session_no
),
by_pause as (
    select
        *, lag(started_at) over in_order as previous_at, max(ended_at) over before as latest_at
    from sessions
    window
        in_order as (partition by workspace_id, actor_id order by started_at, first_id),
        before as (partition by workspace_id, actor_id order by started_at, first_id
            rows between unbounded preceding and 1 preceding)
),
by_run as (
    select *, max(case when latest_at is null or started_at - latest_at >= timeout then started_at end) over (
        partition by workspace_id, actor_id order by started_at, first_id
        rows between unbounded preceding and current row
    ) as run_at
    from by_pause
)
select
    device, session_no, user_id, actor_id, session_os,
    sum((
        previous_at is null or previous_at < run_at
        or epoch_us(started_at - run_at) // 86400000000 <> epoch_us(previous_at - run_at) // 86400000000
    )::integer) over (
        order by workspace_id, actor_id, started_at, first_id rows between unbounded preceding and current row
    ) as visit_no
from by_run;

-- Events to sessions and visits, by hand: two sorts of the events, one by device and one by visit.
create or replace table workspaces as
select
    workspace_id, coalesce(timezone, 'UTC') as timezone,
    to_minutes(coalesce(visit_timeout_minutes, 30)::integer) as timeout,
    coalesce(idle_cap_seconds, 300)::integer as idle_cap_seconds,
    coalesce(target_groups, [])::varchar[] as target_groups
from (select distinct workspace_id from events)
left join (
    from extract_workspaces
    qualify row_number() over (partition by workspace_id order by updated_at desc nulls last) = 1
) using (workspace_id);

create or replace table devices as
select row_number() over () as device_no, workspace_id, device_id
from (select distinct workspace_id, device_id from events);

-- clocks change at quarters of an hour; looking each quarter up once beats converting each event
create or replace temp table quarters as
select
    workspace_id, quarter,
    (quarter::timestamptz at time zone timezone) - quarter as zone_offset
from (select distinct workspace_id, time_bucket(interval 15 minutes, occurred_at) as quarter from events)
inner join workspaces using (workspace_id);

create or replace temp table classified as
select
    device_no, workspace_id, events.message_id, events.user_id, events.os, occurred_at,
    occurred_at + zone_offset as local_at, event,
    coalesce(catalog.kind, case when type in ('screen', 'page') then 'view' when type in ('identify', 'group') then
        'system' else 'interaction' end) as kind,
    coalesce(events.module, catalog.module, '(unmapped)') as module, catalog.action,
    coalesce(events.content_type, catalog.content_type) as content_type, content_id, content_title, duration_seconds,
    query, results
from events
inner join devices using (workspace_id, device_id)
inner join quarters using (workspace_id)
left join extract_catalog as catalog using (event)
where quarters.quarter = time_bucket(interval 15 minutes, occurred_at);

create or replace temp table runs as
select
    *,
    sum(opens_run::integer) over (partition by device_no order by occurred_at, message_id) as run_no
from (
    select
        classified.*,
        coalesce(occurred_at - lag(occurred_at) over (
            partition by device_no order by occurred_at, message_id
        ) >= timeout, true) as opens_run
    from classified inner join workspaces using (workspace_id)
    where kind in ('interaction', 'view', 'heartbeat')
);

create or replace temp table in_sessions as
select
    *,
    sum(cuts::integer) over (partition by device_no order by occurred_at, message_id) as session_no
from (
    select
        *,
        opens_run or coalesce(part <> lag(part) over in_run, false)
            or coalesce(user_id <> last_value(user_id ignore nulls) over before, false) as cuts
    from (
        select
            *,
            epoch_us(occurred_at - first_value(occurred_at) over (
                partition by device_no, run_no order by occurred_at, message_id
            )) // 86400000000 as part
        from runs
    )
    window
        in_run as (partition by device_no, run_no order by occurred_at, message_id),
        before as (
            partition by device_no, run_no order by occurred_at, message_id
            rows between unbounded preceding and 1 preceding
        )
);

create or replace temp table sessions as
select
    device_no, session_no, any_value(workspace_id) as workspace_id, max(user_id) as user_id,
    min(occurred_at) as started_at, max(occurred_at) as ended_at,
    arg_min(message_id, (occurred_at, message_id)) as first_id
from in_sessions
group by device_no, session_no;

create or replace temp table visit_sessions as
with actors as (
    select
        sessions.*, device_id, coalesce(user_id, 'device:' || device_id) as actor_id, timeout,
        md5(workspace_id || '|' || device_id || '|' || first_id) as session_id
    from sessions inner join devices using (device_no, workspace_id) inner join workspaces using (workspace_id)
),
runs as (
    select *, sum(opens::integer) over (partition by workspace_id, actor_id order by started_at, first_id) as run_no
    from (
        select *, coalesce(started_at - max(ended_at) over (
            partition by workspace_id, actor_id order by started_at, first_id
            rows between unbounded preceding and 1 preceding
        ) >= timeout, true) as opens
        from actors
    )
),
parts as (
    select *, epoch_us(started_at - first_value(started_at) over (
        partition by workspace_id, actor_id, run_no order by started_at, first_id
    )) // 86400000000 as part
    from runs
)
select
    * exclude (timeout, opens, run_no, part),
    dense_rank() over (order by workspace_id, actor_id, run_no, part) as visit_no,
    md5(workspace_id || '|' || actor_id || '|' || first_value(first_id) over (
        partition by workspace_id, actor_id, run_no, part order by started_at, first_id
    )) as visit_id
from parts;

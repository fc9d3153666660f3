-- Lines of text to typed events: every line is valid, a duplicate, without consent or quarantined with its reason.
create or replace table validated as
with parsed as (
    select
        file_no, line_number, line, is_json,
        case when is_json then from_json(line, '{"messageId":"VARCHAR","type":"VARCHAR","event":"VARCHAR",
            "name":"VARCHAR","userId":"VARCHAR","anonymousId":"VARCHAR","timestamp":"VARCHAR",
            "originalTimestamp":"VARCHAR","sentAt":"VARCHAR","receivedAt":"VARCHAR","workspaceId":"VARCHAR",
            "channel":"VARCHAR","context":{"groupId":"VARCHAR","timezone":"VARCHAR","device":{"id":"VARCHAR"},
            "os":{"name":"VARCHAR","version":"VARCHAR"},"app":{"version":"VARCHAR"},
            "consent":{"categoryPreferences":{"Analytics":"VARCHAR"}}},"properties":"JSON"}') end as e
    from (select *, json_valid(line) as is_json from lines)
),
fields as (
    select
        *,
        from_json(e.properties, '{"module":"VARCHAR","content_type":"VARCHAR","content_id":"VARCHAR",
            "content_title":"VARCHAR","duration_seconds":"VARCHAR","query":"VARCHAR","results":"VARCHAR",
            "workspaceId":"VARCHAR"}') as p
    from parsed
),
typed as (
    select
        file_no, line_number, line, is_json, e, p,
        coalesce(nullif(e.context.groupId, ''), nullif(p.workspaceId, ''), nullif(e.workspaceId, '')) as workspace_id,
        nullif(e.messageId, '') as message_id,
        nullif(e.userId, '') as user_id,
        nullif(e.anonymousId, '') as anonymous_id,
        nullif(e.context.device.id, '') as own_device_id,
        lower(coalesce(nullif(e.type, ''), 'track')) as type,
        coalesce(nullif(e.event, ''), nullif(e.name, '')) as event,
        make_timestamp(epoch_us(try_cast(e.timestamp as timestamptz))) as stated_at,
        make_timestamp(epoch_us(try_cast(e.originalTimestamp as timestamptz))) as original_at,
        make_timestamp(epoch_us(try_cast(e.sentAt as timestamptz))) as sent_at,
        make_timestamp(epoch_us(try_cast(e.receivedAt as timestamptz))) as received_at,
        lower(nullif(e.context.os.name, '')) as os_name,
        try_cast(p.duration_seconds as decimal(18, 3)) as duration_seconds,
        try_cast(p.results as bigint) as results
    from fields
),
timed as (
    select
        *,
        coalesce(stated_at, received_at - (sent_at - original_at), original_at, received_at) as occurred_at,
        coalesce(own_device_id, anonymous_id, 'user:' || user_id) as device_id
    from typed
)
select
    file_no, line_number, workspace_id, message_id, user_id, anonymous_id, device_id, type, event, occurred_at,
    original_at, sent_at, received_at,
    case
        when type = 'page' or e.channel = 'browser' then 'web'
        when os_name is null then 'unknown'
        when os_name in ('ios', 'ipados') then 'ios'
        when os_name = 'android' then 'android'
        else 'other'
    end as os,
    e.context.os.version as os_version, e.context.app.version as app_version, e.context.timezone as timezone,
    nullif(p.module, '') as module, nullif(p.content_type, '') as content_type,
    nullif(p.content_id, '') as content_id, nullif(p.content_title, '') as content_title, duration_seconds,
    p.query as query, results, e.properties as properties,
    case
        when strlen(line) > 1048576 then 'oversized'
        when not is_json then 'malformed_json'
        when ltrim(line)[1] <> '{' then 'not_an_object'
        when e.context.consent.categoryPreferences.Analytics = 'false' then 'no_consent'
        when starts_with(e.context.groupId, '{') or starts_with(e.messageId, '{') or starts_with(e.messageId, '[')
            or starts_with(e.userId, '{') or starts_with(e.userId, '[') or starts_with(e.timestamp, '{')
            or starts_with(e.timestamp, '[') or starts_with(e.receivedAt, '{')
            or (e.context is not null and e.context.groupId is null
                and json_type(line, '$.context') not in ('OBJECT', 'NULL'))
            or not starts_with(e.properties, '{')
            or (p.duration_seconds is not null and duration_seconds is null)
            or (p.results is not null and results is null)
            or type not in ('track', 'screen', 'page', 'identify', 'group') then 'bad_type'
        when message_id is null then 'missing_message_id'
        when workspace_id is null then 'missing_workspace_id'
        when workspace_id <> coalesce(p.workspaceId, workspace_id)
            or workspace_id <> coalesce(e.workspaceId, workspace_id) then 'workspace_mismatch'
        when device_id is null then 'missing_actor'
        when occurred_at is null or (e.timestamp <> '' and stated_at is null)
            or (e.receivedAt <> '' and received_at is null) or (e.sentAt <> '' and sent_at is null)
            or (e.originalTimestamp <> '' and original_at is null)
            or occurred_at not between timestamp '2000-01-01' and timestamp '2099-12-31' then 'bad_timestamp'
        when occurred_at > coalesce(received_at, $day_end) + interval 5 minutes then 'future_event'
        when occurred_at < received_at - interval 30 days then 'too_late'
    end as reason,
    case when not is_json or workspace_id is null or message_id is null or occurred_at is null then line end as raw
from timed;

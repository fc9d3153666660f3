-- Shared by the readers and the validation. Run once a connection.

-- an empty text counts as absent
create or replace temp macro nonempty(text) as nullif(text, '');

-- ISO 8601 with or without a zone (then UTC), kept to the microsecond; null where it cannot be read.
-- A cast to timestamp would drop the zone in DuckDB 2.0, so the way goes over timestamptz.
create or replace temp macro time_of(text) as make_timestamp(epoch_us(try_cast(text as timestamptz)));

-- a text that may really be an object, an array or a boolean: only then its JSON type is looked at
create or replace temp macro is_suspect(text) as
    starts_with(text, '{') or starts_with(text, '[') or text = 'true' or text = 'false';

-- consent is given only by a clear yes; no answer is null
create or replace temp macro refuses_consent(answer) as lower(nonempty(answer)) not in ('true', '1', 'yes', 'granted');

create or replace temp macro os_of(os, type, channel) as case
    when type = 'page' or lower(channel) = 'browser' then 'web'
    when os is null then 'unknown'
    when lower(os) in ('ios', 'ipados', 'iphone os', 'iphone', 'ipad') then 'ios'
    when lower(os) = 'android' then 'android'
    when lower(os) in ('web', 'browser') then 'web'
    when lower(os) = 'unknown' then 'unknown'
    else 'other'
end;

-- The first member of a Segment line that has a JSON type it must not have; numbers pass as texts, null as absent.
create or replace temp macro mistyped(line) as coalesce(
    ['context', 'properties', 'context.device', 'context.os', 'context.app'][list_position(list_transform(
        json_type(line, ['$.context', '$.properties', '$.context.device', '$.context.os', '$.context.app']),
        lambda kind: kind not in ('OBJECT', 'NULL')
    ), true)],
    ['messageId', 'type', 'event', 'name', 'userId', 'anonymousId', 'workspaceId', 'timestamp', 'originalTimestamp',
    'sentAt', 'receivedAt', 'channel', 'context.groupId', 'context.timezone', 'context.device.id', 'context.os.name',
    'context.os.version', 'context.app.version', 'properties.workspaceId', 'properties.module',
    'properties.content_type', 'properties.content_id', 'properties.content_title', 'properties.query'
    ][list_position(list_transform(
        json_type(line, ['$.messageId', '$.type', '$.event', '$.name', '$.userId', '$.anonymousId', '$.workspaceId',
        '$.timestamp', '$.originalTimestamp', '$.sentAt', '$.receivedAt', '$.channel', '$.context.groupId',
        '$.context.timezone', '$.context.device.id', '$.context.os.name', '$.context.os.version',
        '$.context.app.version', '$.properties.workspaceId', '$.properties.module', '$.properties.content_type',
        '$.properties.content_id', '$.properties.content_title', '$.properties.query']),
        lambda kind: kind in ('OBJECT', 'ARRAY', 'BOOLEAN')
    ), true)]
);

create or replace temp macro mistyped_snake(line) as coalesce(
    ['context', 'properties'][list_position(list_transform(
        json_type(line, ['$.context', '$.properties']), lambda kind: kind not in ('OBJECT', 'NULL')
    ), true)],
    ['message_id', 'id', 'user_id', 'anonymous_id', 'workspace_id', 'context_group_id', 'context_device_id'
    ][list_position(list_transform(
        json_type(line, ['$.message_id', '$.id', '$.user_id', '$.anonymous_id', '$.workspace_id', '$.context_group_id',
        '$.context_device_id']),
        lambda kind: kind in ('OBJECT', 'ARRAY', 'BOOLEAN')
    ), true)]
);

-- A list in JSON, or texts between semicolons (CSV); null where it is neither.
create or replace temp macro list_of(text) as case
    when starts_with(text, '[') then case when json_valid(text) then from_json(text, '["VARCHAR"]') end
    when starts_with(text, '{') then null
    else list_filter(list_transform(string_split(text, ';'), lambda item: trim(item)), lambda item: item <> '')
end;

-- What two copies of an event have to share to be the same: all but when it was sent and received.
create or replace temp macro content_hash_of(
    user_id, anonymous_id, device_id, type, event, original_timestamp, occurred_at, os, os_version, app_version,
    timezone, module, content_type, content_id, content_title, seconds, query, results, properties
) as md5(concat_ws(e'\x1f', coalesce(user_id, e'\x1e'), coalesce(anonymous_id, e'\x1e'), device_id, type,
    coalesce(event, e'\x1e'), epoch_us(coalesce(original_timestamp, occurred_at)), original_timestamp is null,
    os, coalesce(os_version, e'\x1e'), coalesce(app_version, e'\x1e'), coalesce(timezone, e'\x1e'),
    coalesce(module, e'\x1e'), coalesce(content_type, e'\x1e'), coalesce(content_id, e'\x1e'),
    coalesce(content_title, e'\x1e'), coalesce(seconds::varchar, e'\x1e'), coalesce(query, e'\x1e'),
    coalesce(results::varchar, e'\x1e'), properties));

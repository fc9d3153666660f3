-- What is wrong with the optional values of a line of events, and the members of a JSON line that have a type they must
-- not have. Run once a connection.

-- The members of a Segment line with a JSON type they must not have, null without any; numbers pass as texts, null as
-- absent. The order is that of `event_repairs.MEMBERS`.
create or replace temp macro mistyped(line) as mistyped_members('camel', json_type(line, [
    '$.context',
    '$.properties',
    '$.context.device',
    '$.context.os',
    '$.context.app',
    '$.messageId',
    '$.type',
    '$.event',
    '$.name', '$.userId', '$.anonymousId', '$.workspaceId', '$.timestamp', '$.originalTimestamp', '$.sentAt',
    '$.receivedAt', '$.channel', '$.context.groupId', '$.context.timezone', '$.context.device.id', '$.context.os.name',
    '$.context.os.version', '$.context.app.version', '$.properties.workspaceId', '$.properties.module',
    '$.properties.content_type', '$.properties.content_id', '$.properties.content_title', '$.properties.query'
])::varchar);

create or replace temp macro mistyped_snake(line) as mistyped_members('snake', json_type(line, [
    '$.context', '$.properties', '$.message_id', '$.id', '$.user_id', '$.anonymous_id', '$.workspace_id',
    '$.context_group_id', '$.context_device_id', '$.type', '$.event', '$.name', '$.timestamp', '$.original_timestamp',
    '$.sent_at', '$.received_at', '$.channel'
])::varchar);

-- Without `properties` where these are JSON text of an object, as some systems export them, and could be read.
create or replace temp macro without_read_properties(mistyped, properties) as
    nullif(list_filter(mistyped, lambda name: name <> 'properties' or properties is null), []);

create or replace temp macro repair(field, problem, value) as
    { 'field': field, 'problem': problem, 'value': left(value, 1000) };

-- half an emoji in a text, that became U+FFFD
create or replace temp macro is_broken(text, raw) as case
    when not contains(text, chr(65533)) or contains(raw, chr(65533)) then false
    else coalesce(without_lone_surrogates(raw) <> raw, false)
end;

-- `field: problem` of each, as the keys of a commit and the lake's rows of entities have them
create or replace temp macro repaired_text(repairs) as case when repairs is not null then array_to_string(
    list_transform(from_json(repairs, '[{"field":"VARCHAR","problem":"VARCHAR"}]'),
        lambda one: one.field || ': ' || one.problem), e'\n') end;

-- Lines in the snake_case of Segment warehouses, flat (context_os_name) or nested: JSON text to fields.
-- In a flat line every member outside the envelope is a property.
select
    file_no, line_number, raw,
    case
        when not is_json then 'malformed_json'
        when not starts_with(ltrim(line, e' \t\r\n\v\f'), '{') then 'not_an_object'
    end as problem,
    case
        when is_suspect(event.message_id) or is_suspect(event.id) or is_suspect(event.user_id)
            or is_suspect(event.anonymous_id) or is_suspect(event.workspace_id) or is_suspect(event.context_group_id)
            or is_suspect(event.context_device_id) or is_suspect(event.type) or is_suspect(event.event)
            or is_suspect(event.name) or is_suspect(event.timestamp) or is_suspect(event.original_timestamp)
            or is_suspect(event.sent_at) or is_suspect(event.received_at) or is_suspect(event.channel)
            or (event.properties is not null and properties is null)
            or (event.context is not null and event.context.groupId is null and event.context.group_id is null)
            then without_read_properties(mistyped_snake(line), properties)
    end as mistyped,
    case
        when not is_json or not names_consent(line) then null
        -- one flat column, and nothing else about consent
        when event.context_consent_category_preferences_analytics is not null
            and not names_consent(line[strpos(line, 'onsent') + 6:])
            then consent_in_value(event.context_consent_category_preferences_analytics)
        else consent_in_line(line)
    end as consent,
    coalesce(nonempty(event.context_group_id), nonempty(event.context.groupId), nonempty(event.context.group_id))
        as workspace_of_context,
    coalesce(nonempty(props.workspaceId), nonempty(props.workspace_id)) as workspace_of_properties,
    nonempty(event.workspace_id) as workspace_of_event,
    coalesce(nonempty(event.message_id), nonempty(event.id)) as message_id,
    nonempty(event.user_id) as user_id,
    nonempty(event.anonymous_id) as anonymous_id,
    coalesce(nonempty(event.context_device_id), nonempty(event.context.device.id)) as device_id,
    nonempty(event.type) as type,
    coalesce(nonempty(event.event_text), nonempty(event.event), nonempty(event.name)) as event,
    nonempty(event.timestamp) as stated_time,
    nonempty(event.original_timestamp) as original_time,
    nonempty(event.sent_at) as sent_time,
    nonempty(event.received_at) as received_time,
    coalesce(nonempty(event.context_os_name), nonempty(event.context.os.name)) as os,
    nonempty(event.channel) as channel,
    coalesce(nonempty(event.context_library_name), nonempty(event.context.library.name)) as library,
    coalesce(nonempty(event.context_page_url), nonempty(event.context_page_path), event.context_page, '{}') <> '{}'
        or coalesce(event.context.page <> '{}', false) as has_page,
    coalesce(nonempty(event.context_user_agent), nonempty(event.context.userAgent), nonempty(event.context.user_agent))
        as user_agent,
    coalesce(nonempty(event.context_os_version), nonempty(event.context.os.version)) as os_version,
    coalesce(nonempty(event.context_app_version), nonempty(event.context.app.version)) as app_version,
    coalesce(nonempty(event.context_timezone), nonempty(event.context.timezone)) as timezone,
    coalesce(nonempty(props.module), nonempty(event.module)) as module,
    coalesce(nonempty(props.content_type), nonempty(event.content_type)) as content_type,
    coalesce(nonempty(props.content_id), nonempty(event.content_id)) as content_id,
    coalesce(nonempty(props.content_title), nonempty(event.content_title)) as content_title,
    coalesce(nonempty(props.duration_seconds), nonempty(event.duration_seconds)) as duration_seconds,
    coalesce(nonempty(props.query), nonempty(event.query)) as query,
    coalesce(nonempty(props.results), nonempty(event.results)) as results,
    case when is_json and starts_with(ltrim(line, e' \t\r\n\v\f'), '{') then nullif(json_merge_patch(
        case
            when properties is not null then properties
            when event.properties is null then to_json(map_from_entries(list_filter(
                map_entries(from_json(line, '"MAP(VARCHAR,JSON)"')),
                lambda member: not starts_with(member.key, 'context') and member.value is not null
                    and member.key not in ('message_id', 'id', 'user_id', 'anonymous_id', 'workspace_id', 'type',
                        'event', 'event_text', 'name', 'timestamp', 'original_timestamp', 'sent_at', 'received_at',
                        'uuid_ts', 'channel', 'properties', 'integrations', 'version', 'module', 'content_type',
                        'content_id', 'content_title', 'duration_seconds', 'query', 'results')
            )))
            else '{}'
        end,
        '{"module":null,"content_type":null,"content_id":null,"content_title":null,"duration_seconds":null,
        "query":null,"results":null,"workspaceId":null,"workspace_id":null}')::varchar, '{}') end as properties
from (
    select *, from_json(properties, '{"module":"VARCHAR","content_type":"VARCHAR","content_id":"VARCHAR",
        "content_title":"VARCHAR","duration_seconds":"VARCHAR","query":"VARCHAR","results":"VARCHAR",
        "workspaceId":"VARCHAR","workspace_id":"VARCHAR"}') as props
    from (
        select *, object_text(event.properties) as properties
        from (
            select *, case when is_json then from_json(line, '{"message_id":"VARCHAR","id":"VARCHAR","type":"VARCHAR",
                "event":"VARCHAR","event_text":"VARCHAR","name":"VARCHAR","user_id":"VARCHAR","anonymous_id":"VARCHAR",
                "workspace_id":"VARCHAR","timestamp":"VARCHAR","original_timestamp":"VARCHAR","sent_at":"VARCHAR",
                "received_at":"VARCHAR","channel":"VARCHAR","context_group_id":"VARCHAR","context_device_id":"VARCHAR",
                "context_os_name":"VARCHAR","context_os_version":"VARCHAR","context_app_version":"VARCHAR",
                "context_timezone":"VARCHAR","context_library_name":"VARCHAR","context_page_url":"VARCHAR",
                "context_page_path":"VARCHAR","context_page":"VARCHAR","context_user_agent":"VARCHAR",
                "context_consent_category_preferences_analytics":"VARCHAR",
                "module":"VARCHAR","content_type":"VARCHAR","content_id":"VARCHAR","content_title":"VARCHAR",
                "duration_seconds":"VARCHAR","query":"VARCHAR","results":"VARCHAR","properties":"JSON",
                "context":{"groupId":"VARCHAR","group_id":"VARCHAR","timezone":"VARCHAR","device":{"id":"VARCHAR"},
                    "os":{"name":"VARCHAR","version":"VARCHAR"},"app":{"version":"VARCHAR"},
                    "library":{"name":"VARCHAR"},"page":"JSON","userAgent":"VARCHAR","user_agent":"VARCHAR"}}')
                end as event
            from (select *, json_valid(line) as is_json from ({records}))
        )
    )
)

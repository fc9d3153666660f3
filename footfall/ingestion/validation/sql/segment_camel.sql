-- Lines of the Segment spec, camelCase: JSON text to the fields to validate, all still text.
-- One parse a line: 0.4 s for 500,000 lines (330 MB) on 2 cores; type of a member is looked at only where in doubt.
select
    file_no, line_number, raw,
    case
        when not is_json then 'malformed_json'
        when not starts_with(line, '{') and not starts_with(ltrim(line, e' \t\r\n\v\f'), '{') then 'not_an_object'
        when event.messageId is null and event.originalTimestamp is null and event.receivedAt is null
            and (contains(line, '"message_id"') or contains(line, '"original_timestamp"')) then '(snake_case)'
    end as problem,
    case
        when is_suspect(event.messageId) or is_suspect(event.type) or is_suspect(event.event)
            or is_suspect(event.name) or is_suspect(event.userId) or is_suspect(event.anonymousId)
            or is_suspect(event.workspaceId) or is_suspect(event.timestamp) or is_suspect(event.originalTimestamp)
            or is_suspect(event.sentAt) or is_suspect(event.receivedAt) or is_suspect(event.channel)
            or is_suspect(event.context.groupId) or is_suspect(event.context.timezone)
            or is_suspect(event.context.device.id) or is_suspect(event.context.os.name)
            or is_suspect(event.context.os.version) or is_suspect(event.context.app.version)
            or is_suspect(props.workspaceId) or is_suspect(props.module) or is_suspect(props.content_type)
            or is_suspect(props.content_id) or is_suspect(props.content_title) or is_suspect(props.query)
            -- a member that should be an object and is not comes out of from_json as an object of nothing
            or (event.context is not null and event.context.groupId is null and event.context.timezone is null
                and event.context.os is null and event.context.app is null)
            or (event.context.device is not null and event.context.device.id is null)
            or (event.context.os is not null and event.context.os.name is null and event.context.os.version is null)
            or (event.context.app is not null and event.context.app.version is null)
            or (event.properties is not null and properties is null)
            then without_read_properties(mistyped(line), properties)
    end as mistyped,
    case
        when manager is null and event.context.consentManagement is null and case
            when event.context.consent is null then not names_consent(line)
            else event.context.consent = own_form_of_yes() and not line like '%onsent%onsent%'
        end then if(event.context.consent is null, null, 'true')
        when not is_json then null
        when manager is null and not names_consent(without_member(
            without_member(line, 'consent', event.context.consent), 'consentManagement', event.context.consentManagement
        )) then consent_in_context(
            to_json({ 'consent': event.context.consent, 'consentManagement': event.context.consentManagement })::varchar
        )
        else consent_in_line(line)
    end as consent,
    nonempty(event.context.groupId) as workspace_of_context,
    nonempty(props.workspaceId) as workspace_of_properties,
    nonempty(event.workspaceId) as workspace_of_event,
    nonempty(event.messageId) as message_id,
    nonempty(event.userId) as user_id,
    nonempty(event.anonymousId) as anonymous_id,
    nonempty(event.context.device.id) as device_id,
    nonempty(event.type) as type,
    coalesce(nonempty(event.event), nonempty(event.name)) as event,
    nonempty(event.timestamp) as stated_time,
    nonempty(event.originalTimestamp) as original_time,
    nonempty(event.sentAt) as sent_time,
    nonempty(event.receivedAt) as received_time,
    nonempty(event.context.os.name) as os,
    nonempty(event.channel) as channel,
    nonempty(event.context.library.name) as library,
    coalesce(event.context.page <> '{}', false) as has_page,
    nonempty(event.context.userAgent) as user_agent,
    nonempty(event.context.os.version) as os_version,
    nonempty(event.context.app.version) as app_version,
    nonempty(event.context.timezone) as timezone,
    nonempty(props.module) as module,
    nonempty(props.content_type) as content_type,
    nonempty(props.content_id) as content_id,
    nonempty(props.content_title) as content_title,
    nonempty(props.duration_seconds) as duration_seconds,
    nonempty(props.query) as query,
    nonempty(props.results) as results,
    case
        -- nothing to take out; saves a third of the reader's time where it holds
        when props.module is null and props.content_type is null and props.content_id is null
            and props.content_title is null and props.duration_seconds is null and props.query is null
            and props.results is null and props.workspaceId is null
            and properties <> '{}' and not contains(properties, ':null') then properties
        -- not without an object: a patch of null would be the patch itself
        when properties is not null then nullif(json_merge_patch(properties, '{"module":null,
            "content_type":null,"content_id":null,"content_title":null,"duration_seconds":null,"query":null,
            "results":null,"workspaceId":null}')::varchar, '{}')
    end as properties
from (
    select file_no, line_number, line, raw, is_json, event, manager, properties, from_json(properties, '{
        "module":"VARCHAR","content_type":"VARCHAR","content_id":"VARCHAR","content_title":"VARCHAR","duration_seconds":"VARCHAR",
        "query":"VARCHAR","results":"VARCHAR","workspaceId":"VARCHAR"}') as props
    from (
        select
            *, object_text(event.properties) as properties,
            -- what consent managers send under names of their own
            coalesce(event.context.OnetrustActiveGroups, event.context.OptanonActiveGroups, event.context.onetrust,
                event.context.categoryPreferences, event.context.category_preferences, event.context.cookiebot,
                event.context.didomi, event.context.usercentrics, event.context.tcf, event.context.tcString,
                event.context.gdpr, event.context.privacy, event.context.cookies, event.context.cookiePreferences,
                event.context.analytics, event.context.analytics_storage, event.context.optOut) as manager
        from (
            select file_no, line_number, line, raw, is_json,
                case when is_json then from_json(line, '{"messageId":"VARCHAR","type":"VARCHAR","event":"VARCHAR",
                    "name":"VARCHAR","userId":"VARCHAR","anonymousId":"VARCHAR","timestamp":"VARCHAR",
                    "originalTimestamp":"VARCHAR","sentAt":"VARCHAR","receivedAt":"VARCHAR","workspaceId":"VARCHAR",
                    "channel":"VARCHAR","context":{"groupId":"VARCHAR","timezone":"VARCHAR","device":{"id":"VARCHAR"},
                    "os":{"name":"VARCHAR","version":"VARCHAR"},"app":{"version":"VARCHAR"},
                    "library":{"name":"VARCHAR"},"page":"JSON","userAgent":"VARCHAR",
                    "consent":"JSON","consentManagement":"JSON","OnetrustActiveGroups":"JSON",
                    "OptanonActiveGroups":"JSON","onetrust":"JSON","categoryPreferences":"JSON",
                    "category_preferences":"JSON","cookiebot":"JSON","didomi":"JSON","usercentrics":"JSON",
                    "tcf":"JSON","tcString":"JSON","gdpr":"JSON","privacy":"JSON","cookies":"JSON",
                    "cookiePreferences":"JSON","analytics":"JSON","analytics_storage":"JSON","optOut":"JSON"},
                    "properties":"JSON"}') end as event
            from (select *, json_valid(line) as is_json from ({records}))
        )
    )
)

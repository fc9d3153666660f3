-- Fields of a reader (all text) to lake rows, with the first reason that rejects the line, if any, and the optional
-- values that cannot be used (`repaired`: `field: problem`, one a line) and are null instead.
-- Definitions: contract, section 2 (fields, limits) and 5 (reasons). The reader gives the fields; banners: workspaces
-- whose cookie banner is on, where a browser without an answer gives no consent. $has_consent_column: the answer may
-- be in a column of its own.
with fields as ({reader}),
-- members of a wrong JSON type: those that identify a line reject it, the others are null
typed as (
    select
        * exclude (mistyped),
        mistyped,
        case when mistyped is not null then list_filter(mistyped, lambda name: list_contains([
            'context', 'context.device', 'messageId', 'userId', 'anonymousId', 'workspaceId', 'timestamp',
            'context.groupId', 'context.device.id', 'properties.workspaceId', 'message_id', 'id', 'user_id',
            'anonymous_id', 'workspace_id', 'context_group_id', 'context_device_id'
        ], name))[1] end as mistyped_identity
    from fields
),
with_ids as (
    select
        *,
        id_of(workspace_of_context) as id_of_context, id_of(workspace_of_properties) as id_of_properties,
        id_of(workspace_of_event) as id_of_event, id_of(message_id) as clean_message_id,
        id_of(user_id) as clean_user_id, id_of(anonymous_id) as clean_anonymous_id, id_of(device_id) as clean_device_id,
        id_of(content_id) as clean_content_id,
        case
            when list_contains(mistyped, 'type') then null
            when type is null or type in ('track', 'screen', 'page', 'identify', 'group') then type
            else letters_of(type)
        end as known_type,
        if(list_contains(mistyped, 'channel'), null, channel) as known_channel,
        if(list_has_any(mistyped, ['context.os', 'context.os.name']), null, os) as known_os,
        try_cast(stated_time as timestamptz) as stated_cast, try_cast(original_time as timestamptz) as original_cast,
        try_cast(sent_time as timestamptz) as sent_cast, try_cast(received_time as timestamptz) as received_cast,
        try_cast(duration_seconds as decimal(18, 3)) as any_seconds,
        try_cast(results as bigint) as any_results
    from typed
),
-- from here on the ids, the type and the os are the clean ones, and times and numbers are typed
timed as (
    select
        * exclude (id_of_context, id_of_properties, id_of_event, clean_message_id, clean_user_id, clean_anonymous_id,
            clean_device_id, clean_content_id, known_type, known_channel, known_os, stated_cast, original_cast,
            sent_cast, received_cast, any_seconds, any_results)
        replace (
            id_of_context as workspace_of_context, id_of_properties as workspace_of_properties,
            id_of_event as workspace_of_event, clean_message_id as message_id, clean_user_id as user_id,
            clean_anonymous_id as anonymous_id, clean_device_id as device_id, clean_content_id as content_id,
            known_type as type, known_os as os, known_channel as channel, content_type_of(content_type) as content_type
        ),
        case when type is not null and coalesce(known_type, '') not in (
            'track', 'screen', 'page', 'identify', 'group', 'alias') then type end as unknown_type,
        coalesce(list_has_any(mistyped, ['channel', 'type', 'context.os', 'context.os.name']), false) as may_be_browser,
        (
            message_id is distinct from clean_message_id or user_id is distinct from clean_user_id
            or anonymous_id is distinct from clean_anonymous_id or device_id is distinct from clean_device_id
            or workspace_of_context is distinct from id_of_context
            or workspace_of_properties is distinct from id_of_properties
            or workspace_of_event is distinct from id_of_event or content_id is distinct from clean_content_id
        ) as has_cleaned_id,
        time_of_cast(stated_cast, stated_time) as stated_at,
        time_of_cast(original_cast, original_time) as original_timestamp,
        time_of_cast(sent_cast, sent_time) as sent_at,
        time_of_cast(received_cast, received_time) as received_at,
        if(any_seconds between 0 and 86400, any_seconds, null) as seconds,
        if(any_results between 0 and 1000000000 and any_results = try_cast(results as double), any_results, null)
            as result_count
    from with_ids
),
cleaned as (
    select
        * exclude (device_id) replace (
            case
                when type in ('track', 'screen', 'page', 'identify', 'group') then type
                when type = 'alias' then 'identify'
                else 'track'
            end as type,
            os_of(os, type, channel, library, has_page, user_agent, app_version) as os
        ),
        coalesce(workspace_of_context, workspace_of_properties, workspace_of_event) as workspace_id,
        coalesce(device_id, anonymous_id, 'user:' || user_id) as device_id,
        list_has_any(
            getvariable('banners')::varchar[], [workspace_of_context, workspace_of_properties, workspace_of_event]
        ) as has_banner,
        case
            when stated_at is not null then stated_at
            when received_at is not null and sent_at is not null and original_timestamp is not null
                then received_at - (sent_at - original_timestamp)
            else coalesce(original_timestamp, received_at)
        end as occurred_at
    from timed
),
reasoned as (
    select
        *,
        case
            when problem = '(snake_case)' then problem
            when consent = 'false' then 'no_consent'
            when (problem is not null or mistyped_identity = 'context') and text_refuses_consent(raw) then 'no_consent'
            when problem is not null then problem
            when consent is null and (os = 'web' or may_be_browser) and has_banner then 'no_consent'
            when mistyped_identity is not null then 'bad_type: ' || mistyped_identity
            when message_id is null then 'missing_message_id'
            when workspace_id is null then 'missing_workspace_id'
            when workspace_id <> coalesce(workspace_of_properties, workspace_id)
                or workspace_id <> coalesce(workspace_of_event, workspace_id) then 'workspace_mismatch'
            when device_id is null then 'missing_actor'
            when stated_time is not null and stated_at is null then 'bad_timestamp: timestamp cannot be read'
            -- the other clocks matter where there is no timestamp
            when stated_at is null and original_time is not null and original_timestamp is null
                then 'bad_timestamp: originalTimestamp cannot be read'
            when stated_at is null and sent_time is not null and sent_at is null
                then 'bad_timestamp: sentAt cannot be read'
            when stated_at is null and received_time is not null and received_at is null
                then 'bad_timestamp: receivedAt cannot be read'
            when occurred_at is null then 'bad_timestamp: no time'
            when not (occurred_at >= timestamp '2000-01-01' and occurred_at < timestamp '2100-01-01')
                then 'bad_timestamp: before 2000 or after 2099'
            when not coalesce(received_at >= timestamp '2000-01-01' and received_at < timestamp '2100-01-01', true)
                then 'bad_timestamp: receivedAt is before 2000 or after 2099'
            when occurred_at
                > coalesce(received_at, $load_date::date + interval 1 day) + to_minutes($max_future_minutes)
                then 'future_event'
            when $max_late_days > 0 and occurred_at < received_at - to_days($max_late_days) then 'too_late'
        end as rejection,
        case
            when mistyped is not null or unknown_type is not null
                or (duration_seconds is not null and seconds is null) or (results is not null and result_count is null)
                or (original_time is not null and original_timestamp is null)
                or (sent_time is not null and sent_at is null) or (received_time is not null and received_at is null)
                -- half an emoji, that became U+FFFD
                or ((contains(raw, '\ud') or contains(raw, '\uD')) and (
                    contains(content_title, chr(65533)) or contains(query, chr(65533)) or contains(event, chr(65533))
                    or contains(module, chr(65533)) or contains(properties, chr(65533))
                    or contains(properties, '\ufffd')
                ))
                then event_repairs(to_json({
                    'raw': raw, 'mistyped': mistyped, 'type': unknown_type,
                    'original_timestamp': if(original_timestamp is null, original_time, null),
                    'sent_at': if(sent_at is null, sent_time, null),
                    'received_at': if(received_at is null, received_time, null),
                    'duration_seconds': if(seconds is null, duration_seconds, null),
                    'results': if(result_count is null, results, null),
                    'broken': {
                        'event': event, 'module': module, 'content_title': content_title, 'query': query,
                        'properties': replace(properties, '\ufffd', chr(65533))
                    }
                })::varchar)
        end as repairs
    from cleaned
),
-- lines whose text may be of somebody who did not consent
withheld as (
    select
        *,
        -- a CASE, not AND: the texts of good lines are not to be searched
        case
            when rejection is null or rejection in ('no_consent', '(snake_case)') then false
            when problem is not null or mistyped_identity = 'context'
                then text_may_refuse_consent(raw, $has_consent_column)
            when workspace_id is null and os = 'web' and consent is null then getvariable('all_have_banner')
            else false
        end as is_withheld
    from reasoned
),
usable as (
    select * replace (
        if(list_has_any(mistyped, ['event', 'name']), null, event) as event,
        if(list_has_any(mistyped, ['context.os', 'context.os.version']), null, os_version) as os_version,
        if(list_has_any(mistyped, ['context.app', 'context.app.version']), null, app_version) as app_version,
        if(list_contains(mistyped, 'context.timezone'), null, timezone) as timezone,
        if(list_contains(mistyped, 'properties.module'), null, module) as module,
        if(list_contains(mistyped, 'properties.content_type'), null, content_type) as content_type,
        if(list_contains(mistyped, 'properties.content_id'), null, content_id) as content_id,
        if(list_contains(mistyped, 'properties.content_title'), null, content_title) as content_title,
        if(list_contains(mistyped, 'properties.query'), null, query) as query
    )
    from withheld
)
select
    $load_date::date as load_date, files.file_id, line_number, workspace_id, message_id, user_id, anonymous_id,
    device_id, type, event, occurred_at, original_timestamp, sent_at, received_at, os, os_version, app_version,
    timezone, module, content_type, content_id, content_title, seconds as duration_seconds, query,
    result_count as results, properties,
    content_hash_of(user_id, anonymous_id, device_id, type, event, original_timestamp, occurred_at, os, os_version,
        app_version, timezone, module, content_type, content_id, content_title, seconds, query, result_count, properties
    ) as content_hash,
    md5_number(workspace_id || e'\x1f' || message_id) as message_key,
    file_no,
    split_part(rejection, ': ', 1) as reason,
    case
        when is_withheld then with_text_withheld(split_part(rejection, ': ', 2))
        else nullif(split_part(rejection, ': ', 2), '')
    end as detail,
    case when rejection <> 'no_consent' and not is_withheld then raw end as raw,
    case when rejection is null then repairs end as repairs,
    has_cleaned_id
from usable
inner join files using (file_no)

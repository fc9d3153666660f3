-- Fields of a reader (all text) to lake rows, with the first reason that rejects the line, if any.
-- Definitions: contract, section 2 (fields, limits) and 5 (reasons). The reader gives the fields; banners: workspaces
-- whose cookie banner is on, where a browser without an answer gives no consent. $has_consent_column: the answer may
-- be in a column of its own.
with fields as ({reader}),
with_ids as (
    select
        * exclude (type, os, channel, device_id),
        coalesce(workspace_of_context, workspace_of_properties, workspace_of_event) as workspace_id,
        coalesce(device_id, anonymous_id, 'user:' || user_id) as device_id,
        coalesce(lower(type), 'track') as type,
        os_of(os, lower(type), channel) as os,
        time_of(stated_time) as stated_at,
        time_of(original_time) as original_timestamp,
        time_of(sent_time) as sent_at,
        time_of(received_time) as received_at,
        try_cast(duration_seconds as decimal(18, 3)) as seconds,
        try_cast(results as bigint) as result_count,
        list_has_any(
            getvariable('banners')::varchar[], [workspace_of_context, workspace_of_properties, workspace_of_event]
        ) as has_banner
    from fields
),
timed as (
    select
        *,
        case
            when stated_at is not null then stated_at
            when received_at is not null and sent_at is not null and original_timestamp is not null
                then received_at - (sent_at - original_timestamp)
            else coalesce(original_timestamp, received_at)
        end as occurred_at
    from with_ids
),
reasoned as (
    select
        *,
        case
            when problem = '(snake_case)' then problem
            when refuses_consent(consent) then 'no_consent'
            when (problem is not null or mistyped = 'context') and text_refuses_consent(raw) then 'no_consent'
            when problem is not null then problem
            when nonempty(consent) is null and os = 'web' and has_banner then 'no_consent'
            when mistyped is not null then 'bad_type: ' || mistyped
            when type not in ('track', 'screen', 'page', 'identify', 'group') then 'bad_type: type'
            when duration_seconds is not null and (seconds is null or seconds < 0) then 'bad_type: duration_seconds'
            when results is not null and (result_count is null or result_count <> try_cast(results as double))
                then 'bad_type: results'
            when message_id is null then 'missing_message_id'
            when workspace_id is null then 'missing_workspace_id'
            when workspace_id <> coalesce(workspace_of_properties, workspace_id)
                or workspace_id <> coalesce(workspace_of_event, workspace_id) then 'workspace_mismatch'
            when device_id is null then 'missing_actor'
            when stated_time is not null and stated_at is null then 'bad_timestamp: timestamp cannot be read'
            when original_time is not null and original_timestamp is null
                then 'bad_timestamp: originalTimestamp cannot be read'
            when sent_time is not null and sent_at is null then 'bad_timestamp: sentAt cannot be read'
            when received_time is not null and received_at is null then 'bad_timestamp: receivedAt cannot be read'
            when occurred_at is null then 'bad_timestamp: there is no time'
            when not (occurred_at >= timestamp '2000-01-01' and occurred_at < timestamp '2100-01-01')
                then 'bad_timestamp: before 2000 or after 2099'
            when not coalesce(received_at >= timestamp '2000-01-01' and received_at < timestamp '2100-01-01', true)
                then 'bad_timestamp: receivedAt is before 2000 or after 2099'
            when occurred_at
                > coalesce(received_at, $load_date::date + interval 1 day) + to_minutes($max_future_minutes)
                then 'future_event'
            when $max_late_days > 0 and occurred_at < received_at - to_days($max_late_days) then 'too_late'
        end as rejection
    from timed
),
-- lines whose text may be of somebody who did not consent
withheld as (
    select
        *,
        -- a CASE, not AND: the texts of good lines are not to be searched
        case
            when rejection is null or rejection in ('no_consent', '(snake_case)') then false
            when problem is not null or mistyped = 'context' then text_may_refuse_consent(raw, $has_consent_column)
            when workspace_id is null and os = 'web' and nonempty(consent) is null then getvariable('all_have_banner')
            else false
        end as is_withheld
    from reasoned
)
select
    $load_date::date as load_date, files.file_id, line_number, workspace_id, message_id, user_id, anonymous_id,
    device_id, type, event, occurred_at, original_timestamp, sent_at, received_at, os, os_version, app_version,
    timezone,
    module, content_type, content_id, content_title, seconds as duration_seconds, query, result_count as results,
    properties,
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
    case when rejection <> 'no_consent' and not is_withheld then raw end as raw
from withheld
inner join files using (file_no)

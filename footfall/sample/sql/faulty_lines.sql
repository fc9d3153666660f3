-- The lines of planted faults, as bytes: members are replaced before a line is put together, its text afterwards.

create macro with_member(properties, member) as concat_ws(',', nullif(properties, ''), member);

-- in place of a member of that name, a number or a text
create macro with_value(properties, name, literal) as with_member(
    trim(regexp_replace(properties, '(^|,)"' || name || '":([0-9.]+|"([^"\\]|\\.)*")', ''), ','),
    '"' || name || '":' || literal
);

create view faulty_members as
select members.* replace (
    case fault
        when 'missing_message_id_absent' then null
        when 'refused_and_without_ids' then null
        when 'missing_message_id_null' then '"messageId":null'
        when 'missing_message_id_empty' then '"messageId":""'
        when 'bad_type_message' then '"messageId":{"id":"' || message_id || '"}'
        else message_member
    end as message_member,
    if(fault = 'repaired_type', '"type":"tracks"', type_member) as type_member,
    if(fault = 'repaired_time', '"originalTimestamp":"0000-00-00 00:00:00"', original_member) as original_member,
    case
        when fault in ('bad_type_user', 'refused_and_bad_type')
            then '"userId":["' || coalesce(user_id, 'u00001') || '"]'
        when fault = 'missing_actor' then null
        when fault = 'id_with_white_space' then '"userId":" ' || coalesce(user_id, 'u00001') || '\t"'
        -- nobody's id in the sample is a number
        when fault = 'id_with_fraction' then '"userId":42.0'
        else user_member
    end as user_member,
    if(fault = 'missing_actor', null, anonymous_member) as anonymous_member,
    case fault
        when 'bad_timestamp_word' then '"timestamp":"yesterday"'
        when 'bad_timestamp_day' then '"timestamp":"2026-02-30T10:00:00.000Z"'
        when 'bad_timestamp_hour' then '"timestamp":"2026-09-16T25:61:00.000Z"'
        when 'bad_timestamp_order' then '"timestamp":"16/09/2026 10:00"'
        when 'bad_type_timestamp' then '"timestamp":{"seconds":1789552800}'
        when 'time_with_offset' then strftime(
            occurred_at + (received_at - sent_at) + interval 345 minute, '"timestamp":"%Y-%m-%dT%H:%M:%S.%g+05:45"'
        )
        when 'repaired_time' then plain_member('timestamp', iso(occurred_at + (received_at - sent_at)))
        else stated_member
    end as stated_member,
    case
        when fault like 'refused%' and os = 'web'
            then replace(context_member, '"Analytics":true', '"Analytics":false')
        when fault like 'refused%' then replace(
            context_member, '"context":{', '"context":{"consent":{"categoryPreferences":{"Analytics":false}},'
        )
        when fault = 'missing_workspace_id_absent'
            then replace(context_member, '"groupId":"' || workspace_id || '",', '')
        when fault = 'missing_workspace_id_null'
            then replace(context_member, '"groupId":"' || workspace_id || '"', '"groupId":null')
        when fault = 'missing_actor' then regexp_replace(context_member, '"device":\{[^}]*\},', '')
        when fault = 'bad_type_context' then '"context":["mobile"]'
        when fault = 'repaired_timezone'
            then regexp_replace(context_member, '"timezone":"[^"]*"', '"timezone":["UTC"]')
        when fault = 'unknown_members'
            then context_member || ',"integrations":{"All":true,"Depth":[[1],{"x":null}]},"version":2'
        else context_member
    end as context_member,
    case fault
        when 'workspace_mismatch' then with_member(properties, '"workspaceId":"another-' || workspace_id || '"')
        when 'workspace_said_twice' then with_member(properties, '"workspaceId":"' || workspace_id || '"')
        when 'conflict' then with_member(properties, '"revision":2')
        when 'conflict_kept_back' then with_member(properties, '"revision":2')
        -- U+E000 stands for a byte that is not UTF-8
        when 'bad_encoding' then with_member(properties, '"note":"caf' || chr(57344) || ' Z' || chr(57344) || 'rich"')
        when 'oversized' then with_member(properties, '"blob":"' || repeat('0123456789abcdef', 65536) || '"')
        when 'long_line' then with_member(properties, '"blob":"' || repeat('0123456789abcdef', 60000) || '"')
        when 'repaired_duration_long' then with_value(properties, 'duration_seconds', '1789552800000')
        when 'repaired_duration_negative' then with_value(properties, 'duration_seconds', '-1')
        when 'repaired_duration_word' then with_value(properties, 'duration_seconds', '"1h"')
        when 'repaired_results' then with_value(properties, 'results', '-1')
        when 'repaired_query' then with_value(properties, 'query', '["coffee"]')
        -- cut inside an emoji
        when 'repaired_title' then with_value(properties, 'content_title', '"Party \ud83c"')
        else properties
    end as properties
)
from members
where fault is not null;

create view faulty_lines as
with texts as (
    select
        *,
        line_of(
            message_member, type_member, name_member, user_member, anonymous_member, stated_member, original_member,
            sent_member, received_member, context_member, properties
        ) as good
    from faulty_members
),

changed as (
    select
        texts.*,
        case fault
            when 'blank_line' then ''
            when 'malformed_cut' then left(good, len(good) // 2)
            when 'malformed_unclosed' then left(good, len(good) - 1)
            when 'malformed_html' then '<html><body>502 Bad Gateway ' || message_id || '</body></html>'
            when 'malformed_glued' then good || good
            when 'malformed_quotes' then replace(good, '"', '''')
            when 'not_an_object_array' then '["' || message_id || '",1,2]'
            when 'not_an_object_number' then '42'
            when 'not_an_object_string' then to_json(good)::varchar
            when 'not_an_object_null' then 'null'
            when 'not_an_object_batch' then '[' || good || ']'
            when 'repaired_properties' then replace(good, '"properties":{' || properties || '}', '"properties":"none"')
            else good
        end as text
    from texts
)

select
    id, copy, arrived_at, device, workspace_id, message_id, fault, outcome, reason,
    if(
        fault = 'bad_encoding',
        encode(split_part(text, chr(57344), 1)) || '\xE9'::blob || encode(split_part(text, chr(57344), 2))
        || '\xFC'::blob || encode(split_part(text, chr(57344), 3)),
        encode(text)
    ) as line
from changed;

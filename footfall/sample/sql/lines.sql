-- From slim rows to lines of the Segment spec, one column a member. A member that is null is left out of its line.

create view fields as
select
    events.*, devices.os, devices.skew_ms, devices.sends_timestamp, devices.anonymous_id, devices.context,
    workspaces.workspace_id, event_types.type, event_types.is_screen, event_types.is_opening, event_types.content_type,
    case
        when event_types.content_type is null then null
        when event_types.content_type <> 'user' then content.content_id
        when events.is_own then events.user_id
        -- popular people are not those of the first numbers, which are test accounts
        else user_name((skewed(events.item_draw, config.participants) * 7 + 13) % config.participants)
    end as content_id,
    -- browsers send titles, apps only ids
    if(devices.os = 'web', content.title, null) as content_title,
    if(events.event = 'Search Performed', skewed(events.item_draw, len(words.searches)), null) as search,
    words.searches,
    words.searches_without_results
from due as events
inner join devices on devices.device = events.device and devices.w = events.w
inner join workspaces on workspaces.w = events.w
inner join event_types on event_types.event = events.event
cross join words
cross join config
left join content
    on content.w = events.w and content.content_type = event_types.content_type
    and content.i = skewed(events.item_draw, event_types.items);

create view members as
select
    w, device, id, copy, user_id, event, os, workspace_id, occurred_at, sent_at, received_at, arrived_at,
    fault, outcome, reason,
    md5('message' || id) as message_id,
    plain_member('messageId', md5('message' || id)) as message_member,
    plain_member('type', if(is_screen, if(os = 'web', 'page', 'screen'), type)) as type_member,
    if(type = 'track', plain_member(if(is_screen, 'name', 'event'), event), null) as name_member,
    plain_member('userId', user_id) as user_member,
    plain_member('anonymousId', anonymous_id) as anonymous_member,
    -- the collector's correction: as long before receivedAt as originalTimestamp is before sentAt
    if(sends_timestamp, plain_member('timestamp', iso(occurred_at + (received_at - sent_at))), null) as stated_member,
    if(os = 'server', null, plain_member('originalTimestamp', iso(occurred_at + to_milliseconds(skew_ms))))
        as original_member,
    if(os = 'server', null, plain_member('sentAt', iso(sent_at + to_milliseconds(skew_ms)))) as sent_member,
    plain_member('receivedAt', iso(received_at)) as received_member,
    context as context_member,
    concat_ws(',',
        if(content_id is null, null, plain_member('content_type', content_type)),
        plain_member('content_id', content_id),
        text_member('content_title', content_title),
        if(is_opening, '"duration_seconds":' || (duration_ms // 1000) || '.' || (duration_ms % 1000) // 100, null),
        text_member('query', searches[1 + search]),
        case
            when search >= len(searches) - searches_without_results then '"results":0'
            when search >= 0 then '"results":' || (1 + item_draw % 19)
        end,
        plain_member('meeting_id', meeting_id)
    ) as properties
from fields;

create macro line_of(
    message, type, name, user_, anonymous_, stated, original, sent, received, context_, properties_
) as
    '{' || concat_ws(
        ',', message, type, name, user_, anonymous_, stated, original, sent, received, context_,
        '"properties":{' || properties_ || '}'
    ) || '}';

create view good_lines as
select
    id, copy, arrived_at, device, workspace_id, message_id, fault, outcome, reason,
    encode(line_of(
        message_member, type_member, name_member, user_member, anonymous_member, stated_member, original_member,
        sent_member, received_member, context_member, properties
    )) as line
from members
where fault is null;

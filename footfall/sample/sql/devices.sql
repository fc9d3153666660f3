-- What people use: a phone, a browser, seldom a tablet; and each workspace's server, which sends events of its own.

create table devices as
with owned as (
    select people.*, slot, hash(people.draw, 100 + slot) as device
    from people, range(3) as slots (slot)
    where
        case slot
            when 0 then hash(draw, 11) % 100 < 85
            when 1 then hash(draw, 11) % 100 >= 85 or hash(draw, 12) % 100 < 55
            else not is_guest and (role = 'staff' or hash(draw, 13) % 100 < 8)
        end
        and not (is_guest and slot > hash(draw, 14) % 2)
),

described as (
    select
        owned.*,
        case when slot = 1 then 'web' when slot = 0 and hash(device, 1) % 100 >= 54 then 'android' else 'ios' end as os,
        case
            -- staff share a tablet
            when slot = 2 and role = 'staff' then 'ipad-' || workspace_id
            -- one person in ten attends several of the events with the same phone
            when slot = 0 and p % 10 = 0 and not is_guest then upper(md5('phone' || seed || p))
            else upper(md5('device' || device))
        end as hardware,
        -- most clocks are right to the second, one in twenty is minutes off
        (hash(device, 2) % 3000)::integer - 1500
            + if(hash(device, 3) % 100 < 5, (hash(device, 4) % 600000)::integer - 300000, 0) as skew_ms,
        ['5.1.0', '5.2.0', '5.2.1'][1 + (hash(device, 6) % 3)::integer] as app_version,
        case os
            when 'ios' then ['26.0', '18.6', '17.7'][1 + (hash(device, 7) % 3)::integer]
            else ['16', '15', '13'][1 + (hash(device, 7) % 3)::integer]
        end as os_version,
        case os when 'android' then 'Android' when 'ios' then if(slot = 2, 'iPadOS', 'iOS') end as os_name,
        [
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/143.0',
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15',
            'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0'
        ][1 + (hash(device, 6) % 3)::integer] as user_agent
    from owned, config
)

select
    w, p, slot, device, workspace_id, user_id, is_guest, role, draw as person, os, skew_ms,
    -- some browsers' library leaves the correction of the clock to the warehouse
    os <> 'web' or hash(device, 5) % 10 > 0 as sends_timestamp,
    case os when 'web' then 'anon-' || left(lower(hardware), 20) else lower(hardware) end as anonymous_id,
    case os
        when 'web' then
            '"channel":"browser","context":{"consent":{"categoryPreferences":{"Analytics":true}},"groupId":"'
            || workspace_id || '","locale":"' || locale || '","timezone":"' || timezone
            || '","userAgent":"' || user_agent || '"}'
        else
            '"channel":"mobile","context":{"app":{"name":"Footfall Events","version":"' || app_version
            || '"},"device":{"id":"' || hardware || '"},"groupId":"' || workspace_id || '","locale":"' || locale
            || '","os":{"name":"' || os_name || '","version":"' || os_version || '"},"timezone":"' || timezone || '"}'
    end as context
from described

union all by name

-- a meeting answered out of an e-mail comes from the server, without any device
select
    w, -1 as p, 9 as slot, hash(config.seed, 900 + w) as device, workspace_id, null as user_id, false as is_guest,
    null as role, null as person, 'server' as os, 0 as skew_ms, true as sends_timestamp, null as anonymous_id,
    '"channel":"server","context":{"groupId":"' || workspace_id || '"}' as context
from workspaces, config;

-- Who and with what: participants and guests, their devices, the content of each workspace.
-- Every draw is a hash of integers below a parent's draw, so it depends on the seed alone, not on threads or order.

create table people as
with numbered as (
    select workspaces.*, p, hash(config.seed, workspaces.w, p) as draw, p >= config.participants as is_guest
    from workspaces, config, range(config.participants + greatest(1, config.participants // 8)) as numbers(p)
),
placed as (
    select numbered.*, cultures.locale,
        cultures.first_names[1 + (hash(draw, 1) % len(cultures.first_names))::integer] as first_name,
        cultures.last_names[1 + (hash(draw, 2) % len(cultures.last_names))::integer] as last_name,
        words.companies[1 + (hash(draw, 3) % len(words.companies))::integer] as company,
        words.jobs[1 + (hash(draw, 4) % len(words.jobs))::integer] as job_title,
        (hash(draw, 5) % 1000)::integer as role_draw
    from numbered
    inner join cultures on cultures.c = hash(numbered.draw, 6) % (select count(*) from cultures)
    cross join words
)
select
    placed.* exclude (role_draw, modules),
    if(is_guest, null, user_name(p)) as user_id,
    case when p < 2 then 'staff' when role_draw < 30 then 'staff' when role_draw < 90 then 'sponsor' when role_draw < 160 then 'speaker'
        else 'attendee' end as role,
    p in (0, 1) or role_draw = 500 as is_test,
    -- most are here long before the sample starts; the others sign up until the event ends
    case when is_guest or p < 8 or hash(draw, 7) % 100 < 75
        then config.start - interval (1 + (hash(draw, 8) % 60)::integer) day
        else config.start + interval ((hash(draw, 8) % greatest(1, event_end_day))::integer) day
    end + to_seconds((hash(draw, 9) % 60000)::integer + 20000) as created_at,
    -- two people leave after the event: their deletion arrives the morning after it starts
    not is_guest and p in (5, 11) as leaves,
    20 + (hash(draw, 10) % 150)::integer as activity
from placed, config;

create table devices as
with owned as (
    select people.*, slot, hash(people.draw, 100 + slot) as device
    from people, range(3) as slots(slot)
    where case slot
        when 0 then hash(draw, 11) % 100 < 85                              -- phone
        when 1 then hash(draw, 11) % 100 >= 85 or hash(draw, 12) % 100 < 55  -- browser
        else not is_guest and (role = 'staff' or hash(draw, 13) % 100 < 8)      -- tablet; staff share one
    end and not (is_guest and slot > hash(draw, 14) % 2)
),
described as (
    select owned.*,
        case when slot = 1 then 'web' when slot = 0 and hash(device, 1) % 100 < 54 then 'ios' when slot = 0 then 'android'
            when role = 'staff' then 'ios' else 'ios' end as os,
        -- one person in ten attends several of the events with the same phone
        case when slot = 2 and role = 'staff' then 'ipad-' || workspace_id
            when slot = 0 and p % 10 = 0 and not is_guest then upper(md5('phone' || seed || p))
            else upper(md5('device' || device)) end as hardware,
        ((hash(device, 2) % 3000)::integer - 1500)
            + case when hash(device, 3) % 100 < 5 then ((hash(device, 4) % 600000)::integer - 300000) else 0 end as skew_ms
    from owned, config
)
select
    w, p, slot, device, workspace_id, user_id, is_guest, role, draw as person, os, skew_ms,
    -- some browsers' library leaves the correction of the clock to the warehouse
    os <> 'web' or hash(device, 5) % 10 > 0 as sends_timestamp,
    case when os = 'web' then 'anon-' || left(lower(hardware), 20) else lower(hardware) end as anonymous_id,
    case when os = 'web' then
        '"channel":"browser","context":{' || case when true then '"consent":{"categoryPreferences":{"Analytics":true}},' end
        || '"groupId":' || to_json(workspace_id)::varchar || ',"locale":"' || locale || '","timezone":"' || timezone || '","userAgent":"'
        || (['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/143.0', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15',
            'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0'])[1 + (hash(device, 6) % 3)::integer] || '"}'
    else
        '"channel":"mobile","context":{"app":{"name":"Footfall Events","version":"' || (['5.1.0', '5.2.0', '5.2.1'])[1 + (hash(device, 6) % 3)::integer]
        || '"},"device":{"id":"' || hardware || '"},"groupId":' || to_json(workspace_id)::varchar || ',"locale":"' || locale || '","os":{"name":"'
        || case os when 'ios' then (['iOS', 'iPadOS'])[1 + (slot = 2)::integer] else 'Android' end || '","version":"'
        || case os when 'ios' then (['26.0', '18.6', '17.7'])[1 + (hash(device, 7) % 3)::integer]
            else (['16', '15', '13'])[1 + (hash(device, 7) % 3)::integer] end
        || '"},"timezone":"' || timezone || '"}'
    end as context
from described
union all by name
-- answers to meetings out of an e-mail come from the server, without any device
select w, -1 as p, 9 as slot, hash(config.seed, 900 + w) as device, workspace_id, null as user_id, false as is_guest, null as role, null as person,
    'server' as os, 0 as skew_ms, true as sends_timestamp, null as anonymous_id,
    '"channel":"server","context":{"groupId":' || to_json(workspace_id)::varchar || '}' as context
from workspaces, config;

create table content as
select
    w, workspace_id, content_type, i, items,
    -- popularity falls with i; ids do not tell it (7 divides no number of items)
    prefix || '-' || lpad((1 + (i * 7 + 3) % items)::varchar, 3, '0') as content_id,
    case content_type when 'speaker' then
        cultures.first_names[1 + (hash(draw, 1) % 6)::integer] || ' ' || cultures.last_names[1 + (hash(draw, 2) % 6)::integer]
    when 'sponsor' then words.companies[1 + ((i * 3 + w) % len(words.companies))::integer]
    else label || ' ' || (i + 1) || ': ' || words.topics[1 + (hash(draw, 3) % len(words.topics))::integer] end as title,
    draw
from (
    select content_types.*, workspaces.w, workspaces.workspace_id, workspaces.modules, i, hash(seed, workspaces.w, 5000000 + content_types.n * 1000 + i) as draw
    from content_types, workspaces, config, range(content_types.items) as numbers(i)
) as items
inner join cultures on cultures.c = hash(items.draw, 6) % (select count(*) from cultures)
cross join words
where content_type <> 'abstract' or list_contains(items.modules, 'abstracts');

create schema marts;
create schema ops;

create table marts.dim_workspaces as
select
    'w' || w as workspace_id, 'Workspace ' || w as name, 'Europe/Zurich' as timezone, date '2026-06-01' as starts_on,
    date '2026-06-30' as ends_on, 'none' as anonymization, []::varchar[] as anonymized_domains,
    false as has_cookie_banner, null::varchar[] as modules, []::varchar[] as target_groups,
    1800 as visit_timeout_seconds, 300 as idle_cap_seconds, 5 as min_group_size, true as counts_guests,
    0::bigint as events_left_out, false as is_inferred, '{}' as settings
from range($workspaces) as t (w);

create table marts.dim_participants as
select
    'w' || w as workspace_id, 'u' || lpad(p::varchar, 6, '0') as user_id, 'First' || p % 977 as first_name,
    'Last' || p % 9973 as last_name, 'person' || p || '@company' || p % 400 || '.example' as email,
    'Company ' || p % 400 as company, 'Engineer' as job_title, ['Delegates', 'Group ' || p % 7]::varchar[] as groups,
    'attendee' as role, 'https://app.example/people/' || p as profile_url, false as is_test, true as is_targeted,
    false as is_anonymized, false as is_deleted, false as is_inferred, timestamp '2026-05-01' as created_at
from range($workspaces) as t (w), range($participants) as s (p);

create table marts.dim_content as
select
    'w' || w as workspace_id, kind as content_type, kind || '-' || i as content_id, 'Title ' || i as title,
    'https://app.example/' || kind || '/' || i as url, null::varchar as sponsor_id,
    timestamp '2026-06-02 08:00' + to_hours(i::integer) as starts_at,
    timestamp '2026-06-02 09:00' + to_hours(i::integer) as ends_at, false as is_deleted, false as is_inferred
from range($workspaces) as t (w), range(40) as s (i),
    unnest(['form', 'page', 'agenda_session', 'speaker', 'sponsor', 'document', 'live_stream']) as k (kind);

create table marts.dim_sponsor_staff (workspace_id varchar, sponsor_id varchar, user_id varchar);

create table marts.fct_visits as
select
    md5(w || ' ' || p || ' ' || v) as visit_id, 'w' || w as workspace_id, 'u' || lpad(p::varchar, 6, '0') as actor_id,
    'u' || lpad(p::varchar, 6, '0') as user_id, false as is_guest, true as is_counted, false as is_single_event,
    timestamp '2026-06-01 06:00' + to_seconds(hash(w, p, v) % 2500000) as started_at,
    timestamp '2026-06-01 06:10' + to_seconds(hash(w, p, v) % 2500000) as ended_at,
    (timestamp '2026-06-01 06:00' + to_seconds(hash(w, p, v) % 2500000))::date as local_date,
    1::bigint as sessions, $events::bigint as events, $events::bigint as interactions,
    600::decimal(18, 3) as elapsed_seconds, 600::decimal(18, 3) as engaged_seconds, 'home' as entry_module,
    'agenda' as exit_module
from range($workspaces) as t (w), range($participants) as s (p), range($visits) as r (v)
order by workspace_id, local_date;

create table marts.fct_events as
select
    v.workspace_id, v.visit_id || e as message_id, v.visit_id as session_id, v.visit_id, v.actor_id, v.user_id,
    v.actor_id as device_id, ['ios', 'android', 'web'][(1 + hash(v.actor_id) % 3)::bigint] as os,
    v.started_at + to_seconds(e * 60) as occurred_at, v.local_date,
    hour(v.started_at + to_seconds(e * 60))::integer as local_hour, 'Item Viewed' as event, 'view' as kind,
    true as is_interaction, true as is_keep_alive,
    -- Popularity falls with the cube, as in the sample: the same few modules and items make most of the events.
    ['home', 'agenda', 'speakers', 'sponsors', 'documents', 'feed', 'map', 'forms', 'pages', 'live_streams'][
        1 + floor(10 * pow(hash(v.visit_id, e) % 1000 / 1000, 3))::bigint] as module,
    'named' as module_kind,
    null::varchar as action,
    ['agenda_session', 'speaker', 'sponsor', 'document', 'page', 'form', 'live_stream'][
        1 + floor(7 * pow(hash(v.visit_id, e) % 997 / 997, 3))::bigint] as content_type,
    content_type || '-' || floor(40 * pow(hash(e, v.visit_id) % 1000 / 1000, 3))::bigint as content_id,
    60::decimal(18, 3) as seconds_to_next,
    60::decimal(18, 3) as engaged_seconds, v.local_date as load_date
from marts.fct_visits as v, range($events) as t (e)
order by v.workspace_id, v.local_date;

create table marts.fct_sessions as select visit_id as session_id, workspace_id from marts.fct_visits;

create table marts.fct_feature_usage as
select
    workspace_id, actor_id, user_id, local_date, module, module_kind, os, count(*) as interactions, count(*) as views,
    count(distinct visit_id) as visits, sum(engaged_seconds)::decimal(18, 3) as engaged_seconds
from marts.fct_events
group by all
order by workspace_id, local_date;

create table marts.fct_content_views as
select
    message_id as view_id, workspace_id, actor_id, user_id, visit_id, content_type, content_id, os,
    occurred_at as viewed_at, local_date,
    case when hash(message_id) % 9 > 0 then 60::decimal(18, 3) end as seconds_viewed,
    'next_event' as seconds_source
from marts.fct_events
order by workspace_id, local_date;

create table marts.fct_searches as
select
    workspace_id, message_id, actor_id, user_id, visit_id, os, occurred_at as searched_at, local_date,
    'term ' || hash(message_id) % 50 as term, (hash(message_id) % 5)::bigint as results
from marts.fct_events
where module = 'feed'
order by workspace_id, local_date;

create table marts.fct_meetings as
select
    workspace_id, user_id || '-m' as meeting_id, 'one_to_one' as kind, 'accepted' as status,
    timestamp '2026-06-10 10:00' as scheduled_start, timestamp '2026-06-10 10:30' as scheduled_end,
    date '2026-06-10' as local_date, 2::bigint as participants, 2::bigint as accepted, 1::bigint as attended,
    true as is_held, 30::decimal(18, 3) as duration_minutes, null::decimal(18, 3) as actual_minutes,
    []::varchar[] as sponsor_ids, 0::bigint as reschedules,
    timestamp '2026-06-01' as created_at, timestamp '2026-06-02' as updated_at
from marts.dim_participants
where hash(user_id) % 10 = 0;

create table marts.fct_meeting_history as
select
    workspace_id, meeting_id, created_at as changed_at, 'created' as change, status, scheduled_start, scheduled_end
from marts.fct_meetings;

create table marts.fct_meeting_participants as
select
    workspace_id, meeting_id, left(meeting_id, 7) as user_id, 'accepted' as response, true as attended,
    null::timestamp as joined_at, null::timestamp as left_at, updated_at
from marts.fct_meetings;

create table marts.fct_user_daily as
select
    workspace_id, actor_id, user_id, false as is_guest, local_date, count(distinct visit_id) as visits,
    count(*) as interactions, count(*) filter (where os = 'ios') as interactions_ios,
    count(*) filter (where os = 'android') as interactions_android,
    count(*) filter (where os = 'web') as interactions_web, 0::bigint as interactions_other,
    (count(distinct visit_id) * 600)::decimal(18, 3) as engaged_seconds,
    (count(distinct visit_id) * 600)::decimal(18, 3) as elapsed_seconds, count(*) as visit_interactions,
    max(occurred_at) as last_seen_at
from marts.fct_events
group by all
order by workspace_id, local_date;

create table marts.fct_path_steps as
with numbered as (
    select
        l.level, e.visit_id,
        (row_number() over (partition by l.level, e.visit_id order by e.occurred_at))::integer as step,
        e.workspace_id, e.actor_id, e.user_id, e.local_date,
        case l.level when 'module' then e.module else e.content_type || ':' || e.content_id end as item
    from marts.fct_events as e, (values ('module'), ('content')) as l (level)
)

select
    n.level, n.visit_id, n.step, n.workspace_id, n.actor_id, n.user_id, n.local_date, n.item,
    case when n.step < 10 then lead(n.item) over (partition by n.level, n.visit_id order by n.step) end as next_item,
    case when count(*) over w = n.step then 'exit' when n.step = 10 then 'continues' else 'item' end as next_kind,
    60::decimal(18, 3) as seconds_on_item, 1::bigint as interactions, false as is_unmapped, false as is_next_unmapped
from numbered as n
window w as (partition by n.level, n.visit_id)
qualify n.step <= 10
order by n.workspace_id, n.local_date;

create table marts.agg_workspace_daily as
select
    workspace_id, local_date, count(distinct user_id) as active_users, 0::bigint as guests, count(*) as visits,
    count(*) as user_visits, sum(interactions)::bigint as interactions, sum(interactions)::bigint as visit_interactions,
    sum(engaged_seconds)::decimal(18, 3) as engaged_seconds, sum(elapsed_seconds)::decimal(18, 3) as elapsed_seconds,
    0::bigint as single_event_visits
from marts.fct_visits
group by all;

create table marts.agg_interactions_by_os as
select workspace_id, local_date, os, count(*) as interactions
from marts.fct_events
group by all;

create table marts.metric_definitions as select * from read_csv('metric_definitions.csv');

create table ops.load_by_workspace as
select
    load_date, workspace_id, count(*) as loaded, 3::bigint as no_consent, 1::bigint as late_1h, 0::bigint as late_24h,
    0::bigint as late_7d
from marts.fct_events
group by all;

create table ops.load_ledger as
select
    load_date, 'events' as source, 'a.jsonl' as file, 'x' as sha256, 1::bigint as bytes,
    sum(loaded)::bigint as lines_in,
    sum(loaded)::bigint as loaded, 0::bigint as duplicates, 0::bigint as quarantined, 0::bigint as no_consent,
    0::bigint as erased, 'loaded' as state, null::varchar as reason, timestamp '2026-07-01' as loaded_at, 'r' as run_id
from ops.load_by_workspace
group by all;

-- The extracts: one line a change of an entity, with the moment of the change. The first day's files hold all earlier
-- changes.

create view workspace_changes as
select
    'workspaces' as entity, workspace_id as k1, '' as k2, config.start - interval 20 day as changed_at,
    to_json({
        workspace_id: workspace_id, name: name, timezone: timezone,
        starts_on: strftime(config.start + to_days(event_start_day), '%Y-%m-%d'),
        ends_on: strftime(config.start + to_days(event_end_day), '%Y-%m-%d'),
        anonymization: anonymization, anonymized_domains: anonymized_domains, cookie_banner: cookie_banner,
        modules: modules, target_groups: target_groups, visit_timeout_minutes: 30, idle_cap_seconds: 300,
        min_group_size: 5, updated_at: iso(config.start - interval 20 day)
    })::varchar as line
from workspaces, config;

create view participant_changes as
with stated as (
    select people.*, created_at as changed_at, job_title as job, null::timestamp as deleted_at
    from people where not is_guest
    union all
    -- a new job in the week
    select
        people.*, config.start + to_seconds((hash(draw, 21) % (86400 * config.days))::integer),
        'Senior ' || job_title, null
    from people, config
    where not is_guest and not leaves and hash(draw, 20) % 100 < 4 and created_at < config.start
    union all
    select
        people.*, in_zone(config.start + to_days(event_start_day + 1) + interval 7 hour, timezone) as changed_at,
        job_title, changed_at
    from people, config
    where leaves
)

select
    'participants' as entity, workspace_id as k1, user_id as k2, changed_at,
    to_json({
        workspace_id: workspace_id, user_id: user_id, first_name: first_name, last_name: last_name,
        email: email_of(first_name, last_name, user_id, company), company: company, job_title: job,
        groups: case role
            when 'staff' then ['Staff'] when 'sponsor' then ['Sponsors'] when 'speaker' then ['Delegates', 'Speakers']
            else ['Delegates']
        end || if(hash(draw, 22) % 100 < 6, ['VIP'], []) || if(hash(draw, 23) % 100 < 9, ['Students'], []),
        role: role, is_test: is_test, profile_url: 'https://app.example/' || workspace_id || '/people/' || user_id,
        created_at: iso(created_at), updated_at: iso(changed_at), deleted_at: iso(deleted_at)
    })::varchar as line
from stated;

create view content_changes as
with stated as (
    select content.*, title as label, config.start - interval 15 day as changed_at, null::timestamp as deleted_at
    from content, config
    union all
    -- a talk gets a new title
    select
        content.*, title || ' (updated)',
        config.start + to_hours((hash(draw, 31) % (24 * config.days))::integer), null
    from content, config
    where content_type = 'agenda_session' and hash(draw, 30) % 100 < 12
    union all
    -- a document is withdrawn
    select
        content.*, title,
        config.start + to_days(greatest(0, config.days - 2)::integer) + interval 9 hour as changed_at, changed_at
    from content, config
    where content_type = 'document' and i = 2
),

placed as (
    select
        stated.*,
        content_type in ('agenda_session', 'live_stream') as is_scheduled,
        in_zone(
            config.start + to_days(event_start_day + (i % (event_end_day - event_start_day + 1))::integer)
            + to_hours(9 + (hash(draw, 32) % 8)::integer), timezone
        ) as starts_at
    from stated
    inner join workspaces using (w, workspace_id)
    cross join config
)

select
    'content' as entity, workspace_id as k1, content_type || content_id as k2, changed_at,
    to_json({
        workspace_id: workspace_id, content_type: content_type, content_id: content_id, title: label,
        url: 'https://app.example/' || workspace_id || '/' || content_type || '/' || content_id,
        -- half of the documents belong to a sponsor
        sponsor_id: if(content_type = 'document' and i % 2 = 0, 'spo-' || lpad((1 + i % 20)::varchar, 3, '0'), null),
        starts_at: if(is_scheduled, iso(starts_at), null),
        ends_at: if(is_scheduled, iso(starts_at + interval 45 minute), null),
        updated_at: iso(changed_at), deleted_at: iso(deleted_at)
    })::varchar as line
from placed;

create view entity_changes as
from workspace_changes
union all by name
from participant_changes
union all by name
from content_changes
union all by name
select
    'meetings' as entity, workspace_id as k1, meeting_id as k2, changed_at,
    to_json({
        workspace_id: workspace_id, meeting_id: meeting_id, kind: kind, status: status, scheduled_start: iso(starts),
        scheduled_end: iso(ends), created_at: iso(created_at), updated_at: iso(changed_at)
    })::varchar as line
from meeting_changes
union all by name
select
    'meeting_participants' as entity, workspace_id as k1, meeting_id || '/' || p as k2, changed_at,
    to_json({
        workspace_id: workspace_id, meeting_id: meeting_id, user_id: user_name(p), response: response,
        attended: attended, joined_at: iso(joined_at), left_at: iso(left_at), updated_at: iso(changed_at)
    })::varchar as line
from meeting_people_changes;

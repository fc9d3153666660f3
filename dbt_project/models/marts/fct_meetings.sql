-- Meetings by their latest status. A meeting has ended when its end is not after the end of the last load date, so that
-- a build of the same data gives the same answer tomorrow. With target groups: meetings of at least one person in them.
-- Counts and times are of the people who count; sponsors are known from everyone.

with versions as (

    select * from {{ ref('stg_lake__meeting_versions') }}

),

latest as (

    select {{ all_columns_except(['version_no']) }}
    from (
        select
            *,
            row_number() over (partition by workspace_id, meeting_id order by changed_at desc) as version_no
        from versions
    ) as ranked
    where version_no = 1

),

created as (

    select workspace_id, meeting_id, min(coalesce(created_at, changed_at)) as created_at
    from versions
    group by workspace_id, meeting_id

),

reschedules as (

    select
        workspace_id, meeting_id,
        count(case when change in ('rescheduled', 'status_and_rescheduled') then 1 end) as reschedules
    from {{ ref('fct_meeting_history') }}
    group by workspace_id, meeting_id

),

everyone as (

    select * from {{ ref('stg_lake__meeting_participants') }}

),

-- Test accounts never count, and neither does an invited id that nobody delivered or saw in an event.
counting_people as (

    select part.*
    from {{ ref('fct_meeting_participants') }} as part
    {{ join_participant('part') }}
    where participant.is_targeted

),

joins as (

    select
        *,
        row_number() over (partition by workspace_id, meeting_id order by joined_at nulls last, user_id) as join_no
    from counting_people

),

sponsors as (

    select everyone.workspace_id, everyone.meeting_id, {{ sorted_list('staff.sponsor_id') }} as sponsor_ids
    from everyone
    inner join {{ ref('dim_sponsor_staff') }} as staff
        on everyone.workspace_id = staff.workspace_id and everyone.user_id = staff.user_id
    group by everyone.workspace_id, everyone.meeting_id

),

people as (

    select
        workspace_id, meeting_id,
        count(*) as participants,
        count(case when response = 'accepted' then 1 end) as accepted,
        -- null, not 0, without evidence
        case when count(attended) > 0 then count(case when attended then 1 end) end as attended,
        max(case when join_no = 2 then joined_at end) as second_joined_at,
        max(left_at) as last_left_at
    from joins
    group by workspace_id, meeting_id

)

select
    latest.workspace_id,
    latest.meeting_id,
    latest.kind,
    latest.status,
    latest.scheduled_start,
    latest.scheduled_end,
    cast({{ local_time('latest.scheduled_start', 'settings.timezone') }} as date) as local_date,
    coalesce(people.participants, 0) as participants,
    coalesce(people.accepted, 0) as accepted,
    people.attended,
    coalesce(
        latest.status = 'accepted' and latest.scheduled_end <= (select as_of from {{ source('lake', 'build') }}), false
    ) as is_held,
    case
        when latest.scheduled_end >= latest.scheduled_start
            then {{ ms_as_minutes(ms_between('latest.scheduled_start', 'latest.scheduled_end')) }}
    end as duration_minutes,
    case
        when people.last_left_at > people.second_joined_at
            then {{ ms_as_minutes(ms_between('people.second_joined_at', 'people.last_left_at')) }}
    end as actual_minutes,
    coalesce(sponsors.sponsor_ids, {{ empty_list() }}) as sponsor_ids,
    coalesce(reschedules.reschedules, 0) as reschedules,
    created.created_at,
    latest.changed_at as updated_at
from latest
inner join {{ ref('int_workspaces') }} as settings on latest.workspace_id = settings.workspace_id
inner join created on latest.workspace_id = created.workspace_id and latest.meeting_id = created.meeting_id
inner join reschedules on latest.workspace_id = reschedules.workspace_id and latest.meeting_id = reschedules.meeting_id
left join sponsors on latest.workspace_id = sponsors.workspace_id and latest.meeting_id = sponsors.meeting_id
left join people on latest.workspace_id = people.workspace_id and latest.meeting_id = people.meeting_id

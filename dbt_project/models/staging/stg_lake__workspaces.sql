-- Newest version of a workspace. What protects people is the strictest of all versions that are equally new:
-- anonymization, its domains, cookie banner, target groups and group size. A line that could not be read is one of them
-- until a readable one is delivered on a later day; other columns are then those of the newest readable version.

with source as (

    select
        *,
        coalesce(is_unreadable, false) as is_unread,
        coalesce(updated_at, cast(load_date as timestamp)) as changed_at,
        max(case when not coalesce(is_unreadable, false) then load_date end) over (partition by workspace_id)
            as last_readable_date
    from {{ source('lake', 'workspaces') }}

),

standing as (

    select *
    from source
    where not is_unread or last_readable_date is null or load_date >= last_readable_date

),

ranked as (

    select
        *,
        row_number() over (partition by workspace_id order by is_unread, {{ newest_first() }}) as version_no,
        max(case when not is_unread then changed_at end) over (partition by workspace_id) as newest_at,
        case
            when coalesce({{ lower_trimmed('anonymization') }}, '') in ('', 'none') then 0
            when {{ lower_trimmed('anonymization') }} = 'domains' then 1
            else 2
        end as strictness
    from standing

),

strictest as (

    select
        workspace_id,
        count(*) as versions,
        case max(strictness) when 0 then 'none' when 1 then 'domains' else 'full' end as anonymization,
        {{ joined_lists('anonymized_domains', 'strictness = 1') }} as anonymized_domains,
        max(case when cookie_banner then 1 else 0 end) = 1 as cookie_banner,
        {{ common_of_lists('target_groups', list_size('target_groups') ~ ' > 0') }} as target_groups,
        max(min_group_size) as min_group_size
    from ranked
    where is_unread or changed_at = newest_at
    group by workspace_id

)

select
    newest.load_date, newest.workspace_id, newest.name, newest.timezone, newest.starts_on, newest.ends_on,
    case when strictest.versions > 1 then strictest.anonymization else newest.anonymization end as anonymization,
    case when strictest.versions > 1 then strictest.anonymized_domains else newest.anonymized_domains end
        as anonymized_domains,
    case when strictest.versions > 1 then strictest.cookie_banner else newest.cookie_banner end as cookie_banner,
    newest.modules,
    case when strictest.versions > 1 then strictest.target_groups else newest.target_groups end as target_groups,
    newest.visit_timeout_minutes, newest.idle_cap_seconds,
    case when strictest.versions > 1 then strictest.min_group_size else newest.min_group_size end as min_group_size,
    newest.updated_at, newest.content_hash
from ranked as newest
inner join strictest on newest.workspace_id = strictest.workspace_id
where newest.version_no = 1

-- Every workspace that has settings, entities or events, with every setting filled in. A workspace that only events
-- know gets the defaults. A setting that cannot be used (an unknown time zone, a timeout of 0) gets its default; an
-- unknown anonymization protects everyone, because nobody knows which people it was meant to protect.
{{ config(materialized='scoped', replaces={'older': true}) }}

with known as (

    select * from {{ ref('stg_lake__workspaces') }}

),

ids as (

    select workspace_id from known
    union
    select workspace_id from {{ ref('int_added_device_days') }}
    union
    select workspace_id from {{ ref('stg_lake__participants') }}
    union
    select workspace_id from {{ ref('stg_lake__content') }}
    union
    select workspace_id from {{ ref('stg_lake__meeting_versions') }}
    union
    select workspace_id from {{ ref('stg_lake__meeting_participants') }}
    {% if is_scoped() %}
    union
    select workspace_id from {{ this }}
    {% endif %}

),

timezones as (

    select name from {{ known_timezones() }} as known_timezone

)

select
    ids.workspace_id,
    known.name,
    coalesce(timezones.name, 'UTC') as timezone,
    known.starts_on,
    known.ends_on,
    case
        when coalesce({{ lower_trimmed('known.anonymization') }}, '') = '' then 'none'
        when {{ lower_trimmed('known.anonymization') }} in ('none', 'domains')
            then {{ lower_trimmed('known.anonymization') }}
        else 'full'
    end as anonymization,
    coalesce(known.anonymized_domains, {{ empty_list() }}) as anonymized_domains,
    coalesce(known.cookie_banner, false) as has_cookie_banner,
    known.modules,
    coalesce(known.target_groups, {{ empty_list() }}) as target_groups,
    60 * case
        when known.visit_timeout_minutes > 0 then cast(known.visit_timeout_minutes as integer)
        else {{ workspace_default('visit_timeout_minutes') }}
    end as visit_timeout_seconds,
    case
        when known.idle_cap_seconds > 0 then cast(known.idle_cap_seconds as integer)
        else {{ workspace_default('idle_cap_seconds') }}
    end as idle_cap_seconds,
    case
        when known.min_group_size > 0 then cast(known.min_group_size as integer)
        else {{ workspace_default('min_group_size') }}
    end as min_group_size,
    {{ list_size('known.target_groups') }} = 0 as counts_guests,
    known.workspace_id is null as is_inferred,
    {{ build_no() }} as build_no
from ids
left join known on ids.workspace_id = known.workspace_id
left join timezones on known.timezone = timezones.name

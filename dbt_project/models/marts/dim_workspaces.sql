with left_out as (

    select everyone.workspace_id, sum(everyone.events) as events
    from (
        select workspace_id, user_id, events from {{ ref('int_sessions') }}
        union all
        select workspace_id, user_id, events_outside_sessions as events from {{ ref('int_people_days') }}
    ) as everyone
    inner join {{ ref('int_workspaces') }} as settings on everyone.workspace_id = settings.workspace_id
    {{ join_participant('everyone') }}
    -- a condition of its own, so that nothing is read for a workspace without target groups
    where not settings.counts_guests and not {{ in_facts() }}
    group by everyone.workspace_id

)

select
    known.workspace_id, known.name, known.timezone, known.starts_on, known.ends_on, known.anonymization,
    known.anonymized_domains, known.has_cookie_banner, known.modules, known.target_groups, known.visit_timeout_seconds,
    known.idle_cap_seconds, known.min_group_size, known.counts_guests, known.is_inferred,
    cast(coalesce(left_out.events, 0) as bigint) as events_left_out,
    {{ json_of({
        'anonymization': 'known.anonymization',
        'anonymized_domains': 'known.anonymized_domains',
        'cookie_banner': 'known.has_cookie_banner',
        'modules': 'known.modules',
        'target_groups': 'known.target_groups',
        'visit_timeout_minutes': 'cast(known.visit_timeout_seconds / 60 as decimal(18, 1))',
        'idle_cap_seconds': 'known.idle_cap_seconds',
        'min_group_size': 'known.min_group_size',
    }) }} as settings
from {{ ref('int_workspaces') }} as known
left join left_out on known.workspace_id = left_out.workspace_id
-- a workspace that only removed events named is left out
where
    not known.is_inferred
    or known.workspace_id in (select workspace_id from {{ ref('int_people_days') }})
    or known.workspace_id in (select workspace_id from {{ ref('dim_participants') }})
    or known.workspace_id in (select workspace_id from {{ ref('dim_content') }})
    or known.workspace_id in (select workspace_id from {{ ref('stg_lake__meeting_versions') }})
    or known.workspace_id in (select workspace_id from {{ ref('stg_lake__meeting_participants') }})

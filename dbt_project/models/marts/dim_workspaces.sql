select
    workspace_id, name, timezone, starts_on, ends_on, anonymization, anonymized_domains, has_cookie_banner, modules,
    target_groups, visit_timeout_seconds, idle_cap_seconds, min_group_size, counts_guests, is_inferred,
    cast(
        to_json(
            struct_pack(
                anonymization := anonymization,
                anonymized_domains := anonymized_domains,
                cookie_banner := has_cookie_banner,
                modules := modules,
                target_groups := target_groups,
                visit_timeout_minutes := visit_timeout_seconds / 60,
                idle_cap_seconds := idle_cap_seconds,
                min_group_size := min_group_size
            )
        ) as varchar
    ) as settings
from {{ ref('int_workspaces') }}
-- one that only events named, which have since been taken back, is none
where
    not is_inferred
    or workspace_id in (select workspace_id from {{ ref('int_events') }})
    or workspace_id in (select workspace_id from {{ ref('dim_participants') }})
    or workspace_id in (select workspace_id from {{ ref('dim_content') }})
    or workspace_id in (select workspace_id from {{ ref('stg_lake__meeting_versions') }})
    or workspace_id in (select workspace_id from {{ ref('stg_lake__meeting_participants') }})

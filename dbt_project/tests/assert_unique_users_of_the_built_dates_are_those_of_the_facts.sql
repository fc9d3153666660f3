-- Law: distinct users from the first date this build counted again to the last, as a sum of cells = as counted in the
-- facts, for every dimension and key.
with days as (

    select workspace_id, 'all' as dimension, 'all' as key, 'named' as key_kind, user_id, local_date
    from {{ ref('fct_visits') }}
    where is_counted
    union all
    select workspace_id, 'module' as dimension, module as key, module_kind as key_kind, user_id, local_date
    from {{ ref('fct_feature_usage') }}
    where interactions > 0
    union all
    select workspace_id, 'os' as dimension, coalesce(os, 'unknown') as key, 'named' as key_kind, user_id, local_date
    from {{ ref('fct_feature_usage') }}
    where interactions > 0
    union all
    select workspace_id, 'content_type' as dimension, content_type as key, 'named' as key_kind, user_id, local_date
    from {{ ref('fct_content_views') }}
    union all
    select
        workspace_id, 'content' as dimension, content_type || ':' || content_id as key, 'named' as key_kind, user_id,
        local_date
    from {{ ref('fct_content_views') }}
    union all
    select workspace_id, 'term' as dimension, term as key, 'named' as key_kind, user_id, local_date
    from {{ ref('fct_searches') }}

),

counted as (

    select days.workspace_id, days.dimension, days.key, days.key_kind, count(distinct days.user_id) as users
    from days
    {{ join_participant('days') }}
    where participant.is_targeted and {{ within_changed_dates('days.local_date', 'int_changed_user_dates') }}
    group by days.workspace_id, days.dimension, days.key, days.key_kind

),

summed as (

    select workspace_id, dimension, key, key_kind, sum(users) as users
    from {{ ref('agg_unique_users') }}
    where
        {{ within_changed_dates('local_date', 'int_changed_user_dates') }}
        and (
            previous_local_date is null
            or {{ before_changed_dates('previous_local_date', 'int_changed_user_dates') }}
        )
    group by workspace_id, dimension, key, key_kind

)

select counted.workspace_id, counted.dimension, counted.key, counted.users, summed.users as sum_of_cells
from counted
full outer join summed
    on counted.workspace_id = summed.workspace_id
    and counted.dimension = summed.dimension
    and counted.key = summed.key
    and counted.key_kind = summed.key_kind
where counted.users is distinct from summed.users

-- Law: interactions by os = by module = in total, for every workspace and date.
with by_os as (

    select workspace_id, local_date, sum(interactions) as interactions
    from {{ ref('agg_interactions_by_os') }}
    where {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}
    group by workspace_id, local_date

),

by_module as (

    select usage.workspace_id, usage.local_date, sum(usage.interactions) as interactions
    from {{ ref('fct_feature_usage') }} as usage
    {{ join_who_counts('usage') }}
    where {{ counts('usage') }} and {{ within_changed_dates('usage.local_date', 'int_changed_workspace_dates') }}
    group by usage.workspace_id, usage.local_date

),

daily as (

    select workspace_id, local_date, interactions
    from {{ ref('agg_workspace_daily') }}
    where {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}

)

select
    daily.workspace_id, daily.local_date, daily.interactions, by_os.interactions as by_os,
    by_module.interactions as by_module
from daily
full outer join by_os on daily.workspace_id = by_os.workspace_id and daily.local_date = by_os.local_date
full outer join by_module on daily.workspace_id = by_module.workspace_id and daily.local_date = by_module.local_date
where
    -- a day of heartbeats alone is a day of use of a module, without interactions and so without a row by day
    coalesce(daily.interactions, 0) <> coalesce(by_os.interactions, 0)
    or coalesce(daily.interactions, 0) <> coalesce(by_module.interactions, 0)

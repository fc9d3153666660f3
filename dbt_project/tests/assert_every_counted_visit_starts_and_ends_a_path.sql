-- Laws: visits at step 1 = counted visits with an item (every interaction has one); exits + what continues = the same.
with paths as (

    select
        workspace_id, local_date, level,
        sum(case when step = 1 then visits else 0 end) as starting,
        sum(case when target_kind in ('exit', 'continues') then visits else 0 end) as ending
    from {{ ref('agg_path_links') }}
    where {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}
    group by workspace_id, local_date, level

),

levels as (

    select 'module' as level
    union all
    select 'content' as level

),

daily as (

    select daily.workspace_id, daily.local_date, levels.level, daily.visits
    from {{ ref('agg_workspace_daily') }} as daily
    cross join levels
    where daily.visits > 0 and {{ within_changed_dates('daily.local_date', 'int_changed_workspace_dates') }}

)

select
    coalesce(paths.workspace_id, daily.workspace_id) as workspace_id,
    coalesce(paths.local_date, daily.local_date) as local_date,
    coalesce(paths.level, daily.level) as level,
    paths.starting,
    paths.ending,
    daily.visits
from paths
full outer join daily
    on paths.workspace_id = daily.workspace_id and paths.local_date = daily.local_date and paths.level = daily.level
where paths.starting is distinct from daily.visits or paths.ending is distinct from daily.visits

-- One row a workspace and day whose interactions differ between the tables that publish them.

with by_os as (

    select workspace_id, local_date, sum(interactions) as interactions
    from marts.agg_interactions_by_os
    group by workspace_id, local_date

)

select
    coalesce(daily.workspace_id, by_os.workspace_id) as workspace_id,
    cast(coalesce(daily.local_date, by_os.local_date) as varchar) as local_date,
    abs(coalesce(daily.interactions, 0) - coalesce(by_os.interactions, 0)) as difference
from marts.agg_workspace_daily as daily
full join by_os on daily.workspace_id = by_os.workspace_id and daily.local_date = by_os.local_date
where coalesce(daily.interactions, 0) <> coalesce(by_os.interactions, 0)
order by workspace_id, local_date

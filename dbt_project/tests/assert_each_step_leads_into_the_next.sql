-- Law: as many visits come into an item at step k+1 as go out to it at step k.
with outgoing as (

    select workspace_id, local_date, level, step + 1 as step, target as item, sum(visits) as visits
    from {{ ref('agg_path_links') }}
    where
        target_kind = 'item'
        and {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}
    group by workspace_id, local_date, level, step, target

),

incoming as (

    select workspace_id, local_date, level, step, source as item, sum(visits) as visits
    from {{ ref('agg_path_links') }}
    where step > 1 and {{ within_changed_dates('local_date', 'int_changed_workspace_dates') }}
    group by workspace_id, local_date, level, step, source

)

select
    coalesce(outgoing.workspace_id, incoming.workspace_id) as workspace_id,
    coalesce(outgoing.local_date, incoming.local_date) as local_date,
    coalesce(outgoing.item, incoming.item) as item,
    outgoing.visits as visits_out,
    incoming.visits as visits_in
from outgoing
full outer join incoming
    on outgoing.workspace_id = incoming.workspace_id
    and outgoing.local_date = incoming.local_date
    and outgoing.level = incoming.level
    and outgoing.step = incoming.step
    and outgoing.item = incoming.item
where outgoing.visits is distinct from incoming.visits

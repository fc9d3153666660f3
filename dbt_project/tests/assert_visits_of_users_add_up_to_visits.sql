-- Law: visits summed over people = visits, and interactions and times with them.
with users as (

    select
        daily.workspace_id, daily.local_date,
        sum(daily.visits) as visits,
        sum(daily.interactions) as interactions,
        sum(case when daily.is_guest then 0 else daily.elapsed_seconds end) as elapsed_seconds
    from {{ ref('fct_user_daily') }} as daily
    {{ join_who_counts('daily') }}
    where {{ counts('daily') }} and {{ within_changed_dates('daily.local_date', 'int_changed_workspace_dates') }}
    group by daily.workspace_id, daily.local_date

),

visits as (

    select visit.workspace_id, visit.local_date, count(*) as visits
    from {{ ref('fct_visits') }} as visit
    {{ join_who_counts('visit') }}
    where
        visit.is_counted and {{ counts('visit') }}
        and {{ within_changed_dates('visit.local_date', 'int_changed_workspace_dates') }}
    group by visit.workspace_id, visit.local_date

)

select daily.workspace_id, daily.local_date, daily.visits, users.visits as of_users, visits.visits as of_visits
from {{ ref('agg_workspace_daily') }} as daily
left join users on daily.workspace_id = users.workspace_id and daily.local_date = users.local_date
left join visits on daily.workspace_id = visits.workspace_id and daily.local_date = visits.local_date
where
    {{ within_changed_dates('daily.local_date', 'int_changed_workspace_dates') }}
    and (
        daily.visits is distinct from users.visits
        or daily.interactions is distinct from users.interactions
        or daily.elapsed_seconds is distinct from users.elapsed_seconds
        or daily.visits <> coalesce(visits.visits, 0)
    )

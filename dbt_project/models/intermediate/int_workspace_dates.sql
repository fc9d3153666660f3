-- The local dates whose totals this build touches, per workspace: dates of touched people, and all dates of people who
-- now count or no longer do. Empty in a full refresh.

with touched as (

    select workspace_id, local_date from {{ ref('int_actor_dates') }}

),

recounted as (

    select now_.workspace_id, now_.user_id as actor_id
    from {{ ref('dim_participants') }} as now_
    inner join {{ source('state', 'participants') }} as before
        on now_.workspace_id = before.workspace_id and now_.user_id = before.user_id
    where now_.is_targeted <> before.is_targeted

),

recounted_dates as (

    select daily.workspace_id, daily.local_date
    from {{ ref('fct_user_daily') }} as daily
    inner join recounted on daily.workspace_id = recounted.workspace_id and daily.actor_id = recounted.actor_id

    union all

    select daily.workspace_id, daily.local_date
    from {{ ref('fct_user_daily') }} as daily
    inner join {{ ref('int_workspaces_changed') }} as workspace
        on daily.workspace_id = workspace.workspace_id and workspace.is_recounted

)

select workspace_id, local_date from touched
{% if is_scoped() %}
union
select workspace_id, local_date from recounted_dates
{% else %}
limit 0
{% endif %}

-- The local dates whose totals this build writes again, by workspace. Empty in a full refresh.

select distinct workspace_id, local_date from {{ ref('int_changed_actor_dates') }}

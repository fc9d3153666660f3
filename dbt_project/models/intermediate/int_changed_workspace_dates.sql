-- The local dates whose totals this build touches, per workspace. Empty in a full refresh.

select distinct workspace_id, local_date from {{ ref('int_changed_actor_dates') }}

-- Visits of some dates, with their workspace's timeout. Parameter: $dates.

select
    visit.visit_id,
    visit.workspace_id,
    visit.actor_id,
    visit.started_at,
    visit.ended_at,
    visit.sessions,
    visit.events,
    workspace.visit_timeout_seconds as timeout_seconds
from fct_visits as visit
inner join dim_workspaces as workspace on visit.workspace_id = workspace.workspace_id
where visit.local_date in (select unnest($dates))

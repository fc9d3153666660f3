-- What happened in counted visits of those who count, by the events' own local date and hour. Heartbeats carry
-- engaged seconds only. Grain: one row per visit, local date, local hour, module,
-- module_kind, os.
select
    v.visit_no,
    v.user_no,
    e.local_date,
    e.local_hour,
    e.module,
    e.module_kind,
    coalesce(e.os, 'unknown') as os,
    count(*) filter (where e.is_interaction) as interactions,
    count(*) filter (where e.kind = 'view') as views,
    coalesce(sum(e.engaged_seconds), 0)::decimal(18, 3) as engaged_seconds,
    max(e.occurred_at) as last_at
from marts.fct_events as e
inner join scope_visits as v on e.visit_id = v.visit_id
where
    e.workspace_id = $workspace
    and e.is_keep_alive
group by all

-- As scope_dates, without the rows of all days: the days with visits and interactions are in the small table by day.
-- Heartbeats alone make no such day, so a visit over midnight may reach beyond the last ($daily_end).
-- Grain: one row per date.
with after as (
    select e.local_date
    from marts.fct_events as e
    inner join marts.fct_visits as v on e.visit_id = v.visit_id
    left join scope_people as p on v.user_id = p.user_id
    where
        e.workspace_id = $workspace
        and e.local_date > $daily_end
        and e.is_keep_alive
        and v.local_date >= $daily_end::date - 2
        and v.is_counted
        and (p.user_no is not null or (v.user_id is null and (select w.counts_guests from scope_workspace as w)))
)

select local_date
from marts.agg_workspace_daily
where workspace_id = $workspace
union
select local_date from after
union
select local_date from scope_meetings

-- One row a table that cannot be empty once events are loaded; sessions and visits need an event that opens one.

with present as (

    select exists (select 1 from marts.fct_events where kind in ('interaction', 'view', 'heartbeat')) as has_visits

)

select 'fct_events' as table_name, (select count(*) from marts.fct_events) as rows, true as is_needed
union all
select 'dim_workspaces', (select count(*) from marts.dim_workspaces), true
union all
select 'fct_sessions', (select count(*) from marts.fct_sessions), has_visits from present
union all
select 'fct_visits', (select count(*) from marts.fct_visits), has_visits from present

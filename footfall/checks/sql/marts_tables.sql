-- One row a table that cannot be empty once events are loaded, unless target groups leave all of them out; sessions and
-- visits need an event that opens one. Parameter: $loaded.

with present as (

    select
        exists(select 1 from marts.fct_events where is_keep_alive) as has_visits,
        (select coalesce(sum(events_left_out), 0) from marts.dim_workspaces) < $loaded as has_events

)

select 'fct_events' as table_name, (select count(*) from marts.fct_events) as rows, has_events as is_needed from present
union all
select 'dim_workspaces', (select count(*) from marts.dim_workspaces), $loaded > 0
union all
select 'fct_sessions', (select count(*) from marts.fct_sessions), has_visits from present
union all
select 'fct_visits', (select count(*) from marts.fct_visits), has_visits from present

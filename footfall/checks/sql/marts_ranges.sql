-- One row a table: values no table may hold, on the dates a batch usually changes. Parameter: $since.

select 'fct_visits' as table_name, count_if(elapsed_seconds < 0 or engaged_seconds < 0) as negative_seconds, 0 as steps
from marts.fct_visits
where local_date >= $since
union all
select 'fct_sessions', count_if(engaged_seconds < 0), 0
from marts.fct_sessions
where local_date >= $since
union all
select 'fct_events', count_if(seconds_to_next < 0 or engaged_seconds < 0), 0
from marts.fct_events
where local_date >= $since
union all
select 'fct_content_views', count_if(seconds_viewed < 0), 0
from marts.fct_content_views
where local_date >= $since
union all
select 'fct_path_steps', count_if(seconds_on_item < 0), count_if(step not between 1 and 10)
from marts.fct_path_steps
where local_date >= $since

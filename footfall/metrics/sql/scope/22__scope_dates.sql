-- Local dates with data. Grain: one row per date.
select local_date from scope_visits
union
select local_date from scope_usage
union
select local_date from scope_meetings

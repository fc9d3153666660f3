-- The workspace of these relations, its first and last local date with data, and a date to use without such dates. The
-- last relation to be made. Grain: one row.
select
    any_value(w.workspace_id) as workspace_id,
    min(d.local_date) as first_date,
    max(d.local_date) as last_date,
    coalesce(any_value(w.starts_on), any_value(w.ends_on), date '1970-01-01') as fallback_date
from scope_workspace as w
left join scope_dates as d on d.local_date is not null

-- One row a load date of the batch: interactions by events that the catalogue does not know. Parameter: $load_dates.

select
    cast(load_date as varchar) as load_date,
    count_if(module_kind = 'unmapped') as unmapped,
    count_if(module_kind = 'unmapped') / nullif(count(*), 0) as unmapped_share
from marts.fct_events
where is_interaction and load_date in (select unnest($load_dates))
group by all
order by load_date

-- Unknown events load as interactions of module (unmapped); add them to the event catalogue.
{{ config(severity='warn') }}

select event, count(*) as events
from {{ ref('fct_events') }}
where module_kind = 'unmapped' and {{ within_changed_dates('local_date') }}
group by event

{{ config(
    materialized='scoped',
    replaces={'dates': 'int_changed_workspace_dates', 'keys': ['workspace_id', 'local_date']}
) }}

with usage as (

    select usage.*
    from {{ ref('fct_feature_usage') }} as usage
    {% if is_scoped() %}
    inner join {{ ref('int_changed_workspace_dates') }} as touched
        on usage.workspace_id = touched.workspace_id and usage.local_date = touched.local_date
    {% endif %}
    where {{ within_changed_dates('usage.local_date', 'int_changed_workspace_dates') }}

)

select
    usage.workspace_id,
    usage.local_date,
    usage.os,
    cast(sum(usage.interactions) as bigint) as interactions
from usage
{{ join_who_counts('usage') }}
where {{ counts('usage') }}
group by usage.workspace_id, usage.local_date, usage.os
having sum(usage.interactions) > 0

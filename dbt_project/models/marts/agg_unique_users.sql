{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'dates': 'int_changed_user_dates', 'keys': ['workspace_id', 'local_date']}
) }}

select
    days.workspace_id,
    days.dimension,
    days.key,
    days.key_kind,
    days.local_date,
    days.previous_local_date,
    count(*) as users
from {{ ref('int_user_days') }} as days
{% if is_scoped() %}
inner join {{ ref('int_changed_user_dates') }} as touched
    on days.workspace_id = touched.workspace_id and days.local_date = touched.local_date
{% endif %}
where {{ within_changed_dates('days.local_date', 'int_changed_user_dates') }}
group by
    days.workspace_id, days.dimension, days.key, days.key_kind, days.local_date, days.previous_local_date

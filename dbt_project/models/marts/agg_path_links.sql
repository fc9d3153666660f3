{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={'dates': 'int_changed_workspace_dates', 'keys': ['workspace_id', 'local_date']}
) }}

with steps as (

    select steps.*
    from {{ ref('fct_path_steps') }} as steps
    {% if is_scoped() %}
    inner join {{ ref('int_changed_workspace_dates') }} as touched
        on steps.workspace_id = touched.workspace_id and steps.local_date = touched.local_date
    {% endif %}
    where {{ within_changed_dates('steps.local_date', 'int_changed_workspace_dates') }}

)

select
    steps.workspace_id,
    steps.local_date,
    steps.level,
    steps.step,
    steps.item as source,
    steps.is_unmapped as is_source_unmapped,
    steps.next_item as target,
    steps.is_next_unmapped as is_target_unmapped,
    steps.next_kind as target_kind,
    count(*) as visits,
    count(distinct steps.user_id) as users,
    cast(sum(steps.interactions) as bigint) as interactions,
    cast(sum(steps.seconds_on_item) as decimal(18, 3)) as seconds_on_source
from steps
{{ join_who_counts('steps') }}
where {{ counts('steps') }}
group by
    steps.workspace_id, steps.local_date, steps.level, steps.step, steps.item, steps.is_unmapped,
    steps.next_item, steps.is_next_unmapped, steps.next_kind

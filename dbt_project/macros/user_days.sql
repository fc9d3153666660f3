{#-
Distinct users of any range of dates as a sum (docs/decisions/0016): a cell counts the users of a key on a date by the
date they were there before. Somebody counts once in a range: on the first of the range's dates.
-#}

{#-
The days of users who count in a fact with workspace_id, actor_id, user_id and local_date: a query of rows
(workspace_id, dimension, key, key_kind, actor_id, local_date), of the dates that this build writes again. Guests have
no days.
-#}
{% macro user_days(fact, dimension, key, condition='true', key_kind="'named'") -%}
    select distinct
        fact.workspace_id, '{{ dimension }}' as dimension, {{ key }} as key, {{ key_kind }} as key_kind,
        fact.actor_id, fact.local_date
    from {{ fact }} as fact
    {{ join_participant('fact') }}
    {% if is_scoped() %}
    inner join {{ ref('int_changed_actor_dates') }} as touched
        on fact.workspace_id = touched.workspace_id
        and fact.actor_id = touched.actor_id
        and fact.local_date = touched.local_date
    {% endif %}
    where participant.is_targeted and {{ condition }} and {{ within_changed_dates('fact.local_date') }}
{%- endmacro %}

{#-
Distinct users of any range of dates as a sum (docs/decisions/0016): a cell counts the users of a key on a date by the
date they were there before. Somebody counts once in a range: on the first of the range's dates.
-#}

{#-
Which users who count have a row in a fact on which dates, of the dates that this build writes again (`within`, as
within_changed_dates has them): a query of workspace_id, actor_id, local_date and `columns`, to which further conditions
on `fact` may be added. Guests have no days.
-#}
{% macro user_days(fact, columns, within) -%}
    select distinct
        fact.workspace_id, fact.actor_id, fact.local_date
        {%- for column in columns %}, fact.{{ column }}{% endfor %}
    from {{ fact }} as fact
    {{ join_participant('fact') }}
    {% if is_scoped() %}
    inner join {{ ref('int_changed_actor_dates') }} as touched
        on fact.workspace_id = touched.workspace_id
        and fact.actor_id = touched.actor_id
        and fact.local_date = touched.local_date
    {% endif %}
    where participant.is_targeted and {{ within }}
{%- endmacro %}

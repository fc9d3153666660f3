{#- Test: a column has no other value than `values` on the dates that this build wrote; in a full refresh, anywhere. -#}
{% test known_values(model, column_name, values, dates) %}
select distinct {{ column_name }}
from {{ model }}
where
    {{ within_changed_dates('local_date', dates) }}
    and {{ column_name }} not in ({% for value in values %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %})
{% endtest %}

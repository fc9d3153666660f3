{#- Test: no two rows agree on all of `columns`. `where` limits it to what a build touched, see tests/. -#}
{% test grain(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_with_this_key
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

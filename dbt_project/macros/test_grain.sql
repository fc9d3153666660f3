{#-
Test: no two rows agree on all of `columns`. Of the big facts only the dates that this build wrote are read
(`dates` names the working table, `date_column` the column); a full refresh reads everything.
-#}
{% test grain(model, columns, dates=none, date_column='local_date') %}
select {{ columns | join(', ') }}, count(*) as rows_with_this_key
from {{ model }}
{% if dates %}where {{ within_changed_dates(date_column, dates) }}{% endif %}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

-- The local dates whose distinct users this build counts again: those it writes, and those on which somebody's date
-- before is another one now, in this build or in one that did not finish. Empty in a full refresh.

select workspace_id, local_date from {{ ref('int_changed_workspace_dates') }}

union

select workspace_id, local_date
from {{ ref('int_user_days') }}
where build_no > (select built_no from {{ source('lake', 'build') }}) {%- if not is_scoped() %} and false {%- endif %}

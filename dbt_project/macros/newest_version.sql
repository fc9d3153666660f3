{#-
The newest version of each key: the latest `updated_at`, else the day it was loaded; of equals the later line, by load
date, file and line (contract, Entities). A sort order for `row_number`.
-#}
{% macro newest_first() -%}
    coalesce(updated_at, cast(load_date as timestamp)) desc, {{ later_line_first() }}
{%- endmacro %}

{#- The content decides only between lines that were loaded before files and lines were kept. -#}
{% macro later_line_first() -%}
    load_date desc, file desc nulls last, line_number desc nulls last, content_hash desc
{%- endmacro %}

{% macro newest_version(entity, keys) -%}
with source as (

    select * from {{ source('lake', entity) }}

),

ranked as (

    select
        *,
        row_number() over (partition by {{ keys | join(', ') }} order by {{ newest_first() }}) as version_no
    from source

)

select {{ all_columns_except(['version_no', 'file', 'line_number']) }}
from ranked
where version_no = 1
{%- endmacro %}

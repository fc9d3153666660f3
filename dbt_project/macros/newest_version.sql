{#- The newest version of each key wins: by updated_at, else by the day it was loaded (contract, Entities). -#}
{% macro newest_version(entity, keys) -%}
with source as (

    select * from {{ source('lake', entity) }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ keys | join(', ') }}
            order by coalesce(updated_at, cast(load_date as timestamp)) desc, load_date desc, content_hash desc
        ) as version_no
    from source

)

select {{ all_columns_except(['version_no']) }}
from ranked
where version_no = 1
{%- endmacro %}

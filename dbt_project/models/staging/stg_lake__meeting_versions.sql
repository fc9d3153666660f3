-- Every version of every meeting that says something new at its moment; two deliveries for the same moment: the later.

with source as (

    select
        *,
        coalesce(updated_at, cast(load_date as timestamp)) as changed_at
    from {{ source('lake', 'meetings') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by workspace_id, meeting_id, changed_at
            order by load_date desc, content_hash desc
        ) as delivery_no
    from source

)

select {{ all_columns_except(['delivery_no']) }}
from ranked
where delivery_no = 1

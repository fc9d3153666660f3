-- Every version of every meeting; of two lines with the same moment the later one.

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
            order by {{ later_line_first() }}
        ) as delivery_no
    from source

)

select {{ all_columns_except(['delivery_no', 'file', 'line_number']) }}
from ranked
where delivery_no = 1

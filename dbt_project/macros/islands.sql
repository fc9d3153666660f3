{#-
Two CTEs, the last named `islands`: number the intervals of a device or an actor so that those less than the visit
timeout apart have the same `island_no`. Wants a CTE `settings` (workspace_id, visit_timeout_seconds).
-#}
{% macro islands(intervals, kind) -%}
reached as (

    select
        interval_.workspace_id,
        interval_.{{ kind }}_id,
        interval_.from_at,
        interval_.to_at,
        {{ add_seconds('max(interval_.to_at) over before', 'settings.visit_timeout_seconds') }} as silence_until
    from {{ intervals }} as interval_
    inner join settings on interval_.workspace_id = settings.workspace_id
    window before as (
        partition by interval_.workspace_id, interval_.{{ kind }}_id
        order by interval_.from_at, interval_.to_at
        rows between unbounded preceding and 1 preceding
    )

),

islands as (

    select
        *,
        sum(case when silence_until is null or from_at >= silence_until then 1 else 0 end) over (
            partition by workspace_id, {{ kind }}_id
            order by from_at, to_at
            rows between unbounded preceding and current row
        ) as island_no
    from reached

)
{%- endmacro %}

{#-
The rest of a query after a CTE `changed` (workspace_id, <kind>_id, from_at, to_at): merge these intervals of a device
or an actor with each other and with the older spans of this table, where less than the visit timeout is between
them. Rows: workspace_id, <kind>_id, from_at, to_at, build_no.
-#}
{% macro merged_spans(kind) -%}
settings as (

    select workspace_id, visit_timeout_seconds from {{ ref('int_workspaces') }}

),

-- Times as they are compared with the columns of older spans, so that DuckDB skips the spans of other days.
reaches as (

    select
        changed.workspace_id,
        changed.{{ kind }}_id,
        {{ add_seconds('changed.from_at', '-settings.visit_timeout_seconds') }} as after_at,
        {{ add_seconds('changed.to_at', 'settings.visit_timeout_seconds') }} as until_at
    from changed
    inner join settings on changed.workspace_id = settings.workspace_id

),

candidates as (

    select workspace_id, {{ kind }}_id, from_at, to_at from changed

    {% if is_scoped() %}
    union

    select span.workspace_id, span.{{ kind }}_id, span.from_at, span.to_at
    from {{ this }} as span
    inner join reaches
        on span.workspace_id = reaches.workspace_id
        and span.{{ kind }}_id = reaches.{{ kind }}_id
        and span.from_at < reaches.until_at
        and span.to_at > reaches.after_at
    {% endif %}

),

previous_ends as (

    select
        candidate.workspace_id,
        candidate.{{ kind }}_id,
        candidate.from_at,
        candidate.to_at,
        {{ add_seconds('max(candidate.to_at) over before', 'settings.visit_timeout_seconds') }} as silence_until
    from candidates as candidate
    inner join settings on candidate.workspace_id = settings.workspace_id
    window before as (
        partition by candidate.workspace_id, candidate.{{ kind }}_id
        order by candidate.from_at, candidate.to_at
        rows between unbounded preceding and 1 preceding
    )

),

numbered_groups as (

    select
        *,
        sum(case when silence_until is null or from_at >= silence_until then 1 else 0 end) over (
            partition by workspace_id, {{ kind }}_id
            order by from_at, to_at
            rows between unbounded preceding and current row
        ) as group_no
    from previous_ends

)

select
    workspace_id,
    {{ kind }}_id,
    min(from_at) as from_at,
    max(to_at) as to_at,
    {{ build_no() }} as build_no
from numbered_groups
group by workspace_id, {{ kind }}_id, group_no
{%- endmacro %}

{#-
A build rebuilds what the newly loaded events can change, and deletes what it replaces (docs/decisions/0003). The scope
of a build is in `int_device_spans` and `int_actor_spans`: closed intervals of time of a device or an actor, with
`timeout` or more of silence on both sides, so nothing outside them can change.
-#}

{#-
False in a full refresh, where everything is in scope and nothing has to be looked up; a build from fixtures always is
one. True while dbt parses, so that every ref is seen, no matter with which flags dbt parsed.
-#}
{% macro is_scoped() -%}
    {{ return(not execute or not (flags.FULL_REFRESH or target.name == 'fixtures')) }}
{%- endmacro %}

{% macro build_no() -%}
    (select build_no from {{ source('lake', 'build') }})
{%- endmacro %}

{#- Relation of the spans this build works on: kind is `device` or `actor`. -#}
{% macro spans(kind, relation=none) -%}
    (
        select workspace_id, {{ kind }}_id, from_at, to_at
        from {{ relation or ref('int_' ~ kind ~ '_spans') }}
        where build_no = {{ build_no() }}
    )
{%- endmacro %}

{#-
`column between '…' and '…'` around all of this build's spans, as literals, so that the storage skips the rest of
history (a join condition would not let it). True where nothing is to be limited. `seconds_before`: so many seconds
before the first span as well.
-#}
{% macro within_scope_bounds(column, kind, seconds_before=0) -%}
    {%- set spans_relation = spans(kind) -%}
    {%- if execute and is_scoped() -%}
        {%- set bounds = first_and_last(
            add_seconds('min(from_at)', -seconds_before) if seconds_before else 'min(from_at)', 'max(to_at)', spans_relation
        ) -%}
        {%- if bounds[0] is none -%} false
        {%- else -%} {{ column }} between timestamp '{{ bounds[0] }}' and timestamp '{{ bounds[1] }}'
        {%- endif -%}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#-
Whether a relation has a row that meets a condition; true while dbt parses. What is mostly empty is left out of a query
then: DuckDB expects as many rows of a join as one side has, and would read all of history to join it to so many.
-#}
{% macro has_rows(relation, condition='true') -%}
    {%- if execute -%}
        {%- set rows = run_query('select 1 as found from ' ~ relation ~ ' where ' ~ condition ~ ' limit 1').rows -%}
        {{ return(rows | length > 0) }}
    {%- endif -%}
    {{ return(true) }}
{%- endmacro %}

{#- Two aggregates of a relation as texts; null where it has no rows. -#}
{% macro first_and_last(first, last, relation) -%}
    {{ return(run_query('select ' ~ as_text(first) ~ ', ' ~ as_text(last) ~ ' from ' ~ relation).rows[0]) }}
{%- endmacro %}

{#-
Delete the rows of `relation` whose time in `column` is in this build's spans of `kind`. Without spans the condition is
false for itself: Spark 4.1 cannot plan a delete by a subquery that never has a row.
-#}
{% macro delete_in_spans(relation, kind, column, condition='true') -%}
    {%- set is_within = within_scope_bounds('replaced.' ~ column, kind) -%}
    {%- set matches -%}
        replaced.workspace_id = span.workspace_id
        and replaced.{{ kind }}_id = span.{{ kind }}_id
        and replaced.{{ column }} between span.from_at and span.to_at
        and {{ condition }}
    {%- endset -%}
    {%- if is_within == 'false' -%}
        delete from {{ relation }} where false
    {%- else -%}
        {{ delete_matching(relation, spans(kind), 'span', matches, is_within) }}
    {%- endif -%}
{%- endmacro %}

{#- Delete the rows of `relation` on the dates that this build writes again, by actor or workspace. -#}
{% macro delete_on_dates(relation, dates, keys) -%}
    {%- set is_within = within_changed_dates('replaced.local_date', dates) if 'local_date' in keys else 'true' -%}
    {%- set matches -%}
        {% for key in keys %}replaced.{{ key }} = changed.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
    {%- endset -%}
    {%- if is_within | trim == 'false' -%}
        delete from {{ relation }} where false
    {%- else -%}
        {{ delete_matching(relation, ref(dates), 'changed', matches, is_within) }}
    {%- endif -%}
{%- endmacro %}

{#- A text that no other run of dbt writes: one build may run a model twice. -#}
{% macro written_by() -%}
    '{{ invocation_id }}'
{%- endmacro %}

{#-
Delete the rows that this run has replaced: those of which it has written one with the same `keys`, and all that it found
on the dates of actors that it writes again. It writes rows of these dates and of later ones.
-#}
{% macro delete_older_on_dates(relation, dates, keys) -%}
    {%- set is_within = within_changed_dates('older.local_date', dates) -%}
    {%- set is_before = before_changed_dates('replaced.local_date', dates) -%}
    {%- set replaced_keys -%}
        (
            select {{ keys | join(', ') }}
            from {{ relation }} as replaced
            where replaced.written_by = {{ written_by() }} and not {{ is_before }}
            union
            select {% for key in keys %}older.{{ key }}{{ ', ' if not loop.last }}{% endfor %}
            from {{ relation }} as older
            inner join {{ ref(dates) }} as changed
                on older.workspace_id = changed.workspace_id
                and older.actor_id = changed.actor_id
                and older.local_date = changed.local_date
            where {{ is_within }}
        )
    {%- endset -%}
    {%- set matches -%}
        {% for key in keys %}replaced.{{ key }} = changed.{{ key }} and {% endfor %}replaced.written_by <> {{ written_by() }}
    {%- endset -%}
    {%- if is_within | trim == 'false' -%}
        delete from {{ relation }} where false
    {%- else -%}
        {{ delete_matching(relation, replaced_keys, 'changed', matches, 'not ' ~ is_before) }}
    {%- endif -%}
{%- endmacro %}

{#- `column between first and last` of the local dates that this build writes, as literals; true in a full refresh. -#}
{% macro within_changed_dates(column, dates='int_changed_actor_dates') -%}
    {%- set dates_relation = ref(dates) -%}
    {%- if execute and is_scoped() -%}
        {%- set bounds = first_and_last('min(local_date)', 'max(local_date)', dates_relation) -%}
        {%- if bounds[0] is none -%} false
        {%- else -%} {{ column }} between date '{{ bounds[0] }}' and date '{{ bounds[1] }}'
        {%- endif -%}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#- `column` (UTC) on the dates from the first `occurred_date` of `dates` to the last, as literals. Whole dates: what is
    counted by date may have rows outside of this build's spans. -#}
{% macro within_changed_utc_dates(column, dates) -%}
    {%- set dates_relation = ref(dates) -%}
    {%- if execute and is_scoped() -%}
        {%- set bounds = first_and_last('min(occurred_date)', 'max(occurred_date)', dates_relation) -%}
        {%- if bounds[0] is none -%} false
        {%- else -%}
            {{ column }} between timestamp '{{ bounds[0] }} 00:00:00' and timestamp '{{ bounds[1] }} 23:59:59.999999'
        {%- endif -%}
    {%- else -%} true
    {%- endif -%}
{%- endmacro %}

{#- `column` before the first local date that this build writes, as a literal; false in a full refresh. -#}
{% macro before_changed_dates(column, dates) -%}
    {%- set dates_relation = ref(dates) -%}
    {%- if execute and is_scoped() -%}
        {%- set first = first_and_last('min(local_date)', 'max(local_date)', dates_relation)[0] -%}
        {%- if first is none -%} false {%- else -%} {{ column }} < date '{{ first }}' {%- endif -%}
    {%- else -%} false
    {%- endif -%}
{%- endmacro %}

{#-
Materialization `scoped`: in a full refresh a new table; else, in one transaction, delete the rows that this
build replaces and insert those it rebuilds (delete + insert, which Iceberg on Spark knows as well).

config:
    replaces: how the replaced rows are found:
        {spans: device|actor, time: <column>}   those in this build's spans
        {dates: <model>, keys: [...]}           those on the dates (of actors, workspaces) in that working table
        {older: true}                           every row of an older build
        {older_in_spans: device|actor, time: <column>}   rows of older builds in this build's spans
        {older_spans: device|actor}             spans of older builds inside this build's, of the table of spans itself
        {older_dates: <model>, keys: [...]}     rows of older builds: those on the dates of actors in that working
                                                table, and those that this build wrote again, by their keys
    in_order_of: columns by which DuckDB sorts the rows of a build of many dates.
    The last four ways are for models that read themselves: there the new rows go in first.
dbt-duckdb's own `incremental` writes every row twice (a temporary table first): on a big night most of the cost.
-#}
{% materialization scoped, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if not is_scoped() %}
        {{ drop_relation_if_exists(existing) }}
        {% call statement('main') -%}
            {{ create_table_as(False, target_relation, in_order_of_dates(sql)) }}
        {%- endcall %}
    {% else %}
        {% do replace_rows(target_relation, existing, sql) %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#-
A query in the order of the columns in `in_order_of`, where a build takes in more than a week of commits: a night on top
of them then reads the parts of a table with its dates alone. Events keep the order of the lake, which is that of its
dates, and a table of few dates is not worth a sort.
-#}
{% macro in_order_of_dates(query) -%}
    {%- set columns = config.get('in_order_of') -%}
    {%- if not columns or target.type != 'duckdb' -%} {{ return(query) }} {%- endif -%}
    {%- set commits = run_query('select head_seq - since_seq from ' ~ source('lake', 'build')).rows[0][0] -%}
    {%- if (commits or 0) <= 7 -%} {{ return(query) }} {%- endif -%}
    {%- set ordered -%}
        select * from (
        {{ query }}
        ) as rows_of_all_dates
        order by {{ columns | join(', ') }}
    {%- endset -%}
    {{ return(ordered) }}
{%- endmacro %}

{#-
The same on Spark, where each statement is a snapshot of a branch of the table (footfall/spark/branches.py), so that a
build that ends between two of them leaves what readers see as it was.
-#}
{% materialization scoped, adapter='spark' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}

    {% if not is_scoped() %}
        {% do write_all_rows(target_relation, existing, sql) %}
    {% else %}
        {% do replace_rows(target_relation, existing, sql) %}
    {% endif %}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Delete the rows that this build replaces, and insert those of `query`; models that read themselves insert first. -#}
{% macro replace_rows(relation, existing, query) %}
    {%- set replaces = config.require('replaces') -%}
    {%- if existing is none -%}
        {%- do exceptions.raise_compiler_error(this ~ ' does not exist yet: build with --full-refresh.') -%}
    {%- endif -%}
    {%- set inserting -%}
        {% if config.get('contract').enforced %}{{ get_assert_columns_equivalent(query) }}{% endif %}
        {{ insert_by_name(relation, in_order_of_dates(query)) }}
    {%- endset -%}
    {%- set deleting = delete_replaced(relation, replaces) -%}
    {% if replaces | select('in', ['older', 'older_in_spans', 'older_spans', 'older_dates']) | list %}
        {% call statement('main') -%}{{ inserting }}{%- endcall %}
        {% call statement('replaced') -%}{{ deleting }}{%- endcall %}
    {% else %}
        {% call statement('replaced') -%}{{ deleting }}{%- endcall %}
        {% call statement('main') -%}{{ inserting }}{%- endcall %}
    {% endif %}
{% endmacro %}

{% macro delete_replaced(relation, replaces) -%}
    {%- if 'spans' in replaces -%}
        {{ delete_in_spans(relation, replaces.spans, replaces.time) }}
    {%- elif 'dates' in replaces -%}
        {{ delete_on_dates(relation, replaces.dates, replaces['keys']) }}
    {%- elif 'older_in_spans' in replaces -%}
        {{ delete_in_spans(relation, replaces.older_in_spans, replaces.time, 'replaced.build_no < ' ~ build_no()) }}
    {%- elif 'older_spans' in replaces -%}
        {%- set key = replaces.older_spans ~ '_id' -%}
        {%- set condition -%}
            replaced.workspace_id = span.workspace_id
            and replaced.{{ key }} = span.{{ key }}
            and replaced.from_at between span.from_at and span.to_at
            and replaced.build_no < {{ build_no() }}
        {%- endset -%}
        {{ delete_matching(relation, spans(replaces.older_spans, relation), 'span', condition) }}
    {%- elif 'older_dates' in replaces -%}
        {{ delete_older_on_dates(relation, replaces.older_dates, replaces['keys']) }}
    {%- else -%}
        delete from {{ relation }} where build_no < {{ build_no() }}
    {%- endif -%}
{%- endmacro %}

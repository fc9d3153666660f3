{#-
Tables of Iceberg. Every statement of a build goes to the branch that the session names (`spark.wap.branch`, which
tables with `write.wap.enabled` follow, for reading too), so no statement here may touch `main`: a table is made without
rows, and what it holds is replaced by an insert. It is made again only where a new version of a model has other columns.
-#}

{% materialization table, adapter='spark' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}
    {% do write_all_rows(target_relation, existing, sql) %}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- Replace all rows of a table by those of `query`; first make it, where it is new or a full refresh changes it. -#}
{% macro write_all_rows(relation, existing, query) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(query) -%}
    {%- endif -%}
    {%- if existing is none or not is_scoped() -%}
        {%- do ensure_table(relation, existing, columns_of_query(query)) -%}
    {%- endif -%}
    {% call statement('main') -%}
        insert overwrite table {{ relation }} by name {{ query }}
    {%- endcall %}
{% endmacro %}

{#-
Make a table with these columns unless it has them and follows the session's branch, whatever another program did to it.
Of texts but the workspace no smallest and largest value is kept: a manifest has them of files that it took out of the
table too, where an erased person's would stay.
-#}
{% macro ensure_table(relation, existing, columns) %}
    {%- set layout = local_md5(columns | join(', ') ~ partitioning() ~ ' ordered, counted') -%}
    {%- if not (existing is not none and has_layout(relation, layout, columns)) -%}
        {% call statement('layout') -%}
            create or replace table {{ relation }} ({{ columns | join(', ') }}) using iceberg {{ partitioning() }}
            tblproperties (
                'footfall.layout' = '{{ layout }}',
                'write.wap.enabled' = 'true',
                'write.metadata.delete-after-commit.enabled' = 'true',
                'write.metadata.previous-versions-max' = '10',
                {%- for name in texts_of(columns) if name != 'workspace_id' %}
                'write.metadata.metrics.column.{{ name }}' = 'counts',
                {%- endfor %}
                'write.parquet.row-group-size-bytes' = '{{ 16 * 1024 * 1024 }}'
            )
        {%- endcall %}
        {%- if partitioning() | trim %}
            {% call statement('order') -%}
                alter table {{ relation }} write distributed by partition locally ordered by workspace_id
            {%- endcall %}
        {%- endif %}
    {%- endif -%}
{% endmacro %}

{#-
Big tables are in parts by workspace and day, so that a night touches few files; in a file, rows of a workspace are
together, so that an export of one reads some groups of rows (footfall/spark/workspace_rows.py).
-#}
{% macro partitioning() -%}
    {%- set replaces = config.get('replaces') or {} -%}
    {%- if 'time' in replaces -%} partitioned by (bucket(8, workspace_id), days({{ replaces.time }}))
    {%- elif 'keys' in replaces and 'local_date' in replaces['keys'] -%}
        partitioned by (bucket(8, workspace_id), days(local_date))
    {%- endif -%}
{%- endmacro %}


{#- Seeds -#}

{% macro spark__create_csv_table(model, agate_table) %}
    {%- do ensure_table(this, none, columns_of_seed(model, agate_table)) -%}
    {{ return('') }}
{% endmacro %}

{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {%- if full_refresh -%}
        {%- do ensure_table(this, old_relation, columns_of_seed(model, agate_table)) -%}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}

{% macro columns_of_seed(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(name ~ ' ' ~ (spark_type(types.get(name, 'string')) | trim)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- Values as literals, since the session's driver pastes bindings into the text without escaping them. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set sql -%}
        insert overwrite table {{ this.render() }} values
        {% for row in agate_table.rows -%}
            (
            {%- for name in agate_table.column_names -%}
                cast({{ spark_text(row[name]) }} as {{ spark_type(types.get(name, 'string')) }})
                {{- ', ' if not loop.last }}
            {%- endfor -%}
            ){{ ', ' if not loop.last }}
        {% endfor %}
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{% endmacro %}

{#-
What Spark writes in place of the macros of dialect.sql (docs/decisions/0013), and for tables of Iceberg. The session has
`spark.sql.timestampType = TIMESTAMP_NTZ`, so `timestamp` means the same as in DuckDB.
-#}

{#- Names and types -#}

{#- Spark has catalogs in place of databases, and one for all schemas here. -#}
{% macro spark__generate_database_name(custom_database_name, node) -%}
    {{ return(none) }}
{%- endmacro %}

{#-
Sources are views of the session (footfall/spark/sources.py), which have no namespace. The rows of a unit test, and what
another target makes from fixtures, are named as dbt names them.
-#}
{% macro spark__source_relation(relation) -%}
    {%- if relation.is_cte or target.name != 'spark' -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set name = relation.schema ~ '__' ~ relation.identifier -%}
    {{ return(relation.incorporate(path={'identifier': name}).include(database=false, schema=false)) }}
{%- endmacro %}

{#- A type as Spark calls it: contracts name DuckDB's. -#}
{% macro spark_type(data_type) -%}
    {%- set name = data_type | lower | replace('varchar', 'string') -%}
    {%- if name.endswith('[]') -%} array<{{ name[:-2] }}> {%- else -%} {{ name }} {%- endif -%}
{%- endmacro %}


{#- How a model is made -#}

{% macro spark__unwritten() -%}
    {{ return('ephemeral') }}
{%- endmacro %}

{% macro spark__written_where_joins_move_rows() -%}
    {{ return('table') }}
{%- endmacro %}


{#- Time -#}

{% macro spark__ms_between(earlier, later) -%}
    ((unix_micros(cast({{ later }} as timestamp_ltz)) - unix_micros(cast({{ earlier }} as timestamp_ltz))) div 1000)
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    ({{ ms_between(earlier, later) }} div 86400000)
{%- endmacro %}

{% macro spark__ms_as_minutes(ms) -%}
    {{ ms_as_seconds('((' ~ ms ~ ' + 30) div 60)') }}
{%- endmacro %}

{% macro spark__add_seconds(at, seconds) -%}
    timestampadd(second, {{ seconds }}, {{ at }})
{%- endmacro %}

{#- Zones about which Spark differs from DuckDB have their offsets in a variable (footfall/spark/timezones.py). -#}
{% macro spark__local_time(at, timezone) -%}
    coalesce(
        timestampadd(
            second,
            try_element_at(
                filter(
                    try_element_at(system.session.timezone_offsets, {{ timezone }}),
                    start -> start.from_at <= {{ at }}
                ),
                -1
            ).seconds,
            {{ at }}
        ),
        convert_timezone('UTC', {{ timezone }}, {{ at }})
    )
{%- endmacro %}

{#- A table that whoever prepares the sources fills from DuckDB's list, so that engines know the same zones. -#}
{% macro spark__known_timezones() -%}
    lake__timezones
{%- endmacro %}

{% macro spark__dates_between(first_date, last_date) -%}
    explode(sequence(
        least({{ first_date }}, {{ last_date }}), greatest({{ first_date }}, {{ last_date }}), interval 1 day
    ))
{%- endmacro %}


{#- Windows and aggregates -#}

{% macro spark__last_known(value) -%}
    last_value({{ value }}) ignore nulls
{%- endmacro %}

{% macro spark__first_by(value, order, condition) -%}
    min_by({{ value }}, struct({{ order | join(', ') }})) filter (where {{ condition }} and {{ value }} is not null)
{%- endmacro %}

{% macro spark__last_by(value, order, condition) -%}
    max_by({{ value }}, struct({{ order | join(', ') }})) filter (where {{ condition }} and {{ value }} is not null)
{%- endmacro %}


{#- Lists of texts -#}

{% macro spark__empty_list() -%}
    cast(array() as array<string>)
{%- endmacro %}

{#- `size` of null is -1 where Spark is not in ANSI mode. -#}
{% macro spark__list_size(list) -%}
    coalesce(array_size({{ list }}), 0)
{%- endmacro %}

{% macro spark__lists_overlap(one, other) -%}
    coalesce(arrays_overlap({{ one }}, {{ other }}), false)
{%- endmacro %}

{% macro spark__sorted_list(value) -%}
    nullif(array_sort(collect_set({{ value }})), cast(array() as array<string>))
{%- endmacro %}

{% macro spark__joined_lists(list, condition) -%}
    case
        when count(case when {{ condition }} then {{ list }} end) > 0
            then array_sort(array_distinct(array_compact(
                flatten(collect_list({{ list }}) filter (where {{ condition }}))
            )))
    end
{%- endmacro %}

{% macro spark__common_of_lists(list, condition) -%}
    case
        when count(case when {{ condition }} then 1 end) > 0
            then array_sort(coalesce(
                nullif(
                    array_compact(reduce(
                        collect_list({{ list }}) filter (where {{ condition }}),
                        cast(null as array<string>),
                        (one, other) -> case
                            when one is null then array_distinct(other) else array_intersect(one, other)
                        end
                    )),
                    cast(array() as array<string>)
                ),
                array('')
            ))
    end
{%- endmacro %}

{#- A function of the session (footfall/spark/functions.py), as are the others that DuckDB evaluates itself. -#}

{% macro spark__has_domain(email, domains) -%}
    has_domain({{ email }}, {{ domains }})
{%- endmacro %}


{#- Texts -#}

{% macro spark__as_text(value) -%}
    cast({{ value }} as string)
{%- endmacro %}

{% macro spark__json_of(fields) -%}
    to_json(named_struct(
        {%- for name, value in fields.items() %}'{{ name }}', {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
    ), map('ignoreNullFields', 'false'))
{%- endmacro %}

{% macro spark__lower_trimmed(text) -%}
    lower_trimmed({{ text }})
{%- endmacro %}

{% macro spark__normalise_term(text) -%}
    normalise_term({{ text }})
{%- endmacro %}


{#- Statements -#}

{% macro spark__all_columns_except(columns) -%}
    * except ({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__insert_by_name(relation, query) -%}
    insert into {{ relation }} by name {{ query }}
{%- endmacro %}

{#- The bounds stay outside of the subquery: Iceberg is asked for the files of conditions without one only. -#}
{% macro spark__delete_matching(relation, other, alias, condition, within) -%}
    delete from {{ relation }} as replaced
    where {{ within }} and exists (select 1 from {{ other }} as {{ alias }} where {{ condition }})
{%- endmacro %}


{#- Tables of Iceberg -#}

{#- dbt-spark's `show table extended` lists no table of Iceberg, so every build would be a first one. -#}
{% macro spark__list_relations_without_caching(relation) %}
    {%- set rows = [] -%}
    {%- for row in run_query('show tables in ' ~ relation.schema) -%}
        {%- do rows.append((row[0], row[1], row[2], 'Provider: iceberg')) -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}

{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ spark_type(type) }})
{%- endmacro %}

{#- A text of SQL, or null. -#}
{% macro spark_text(value) -%}
    {%- if value is none -%} null
    {%- else -%} '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}

{% macro spark__source_from_file(source, path) -%}
    create or replace table {{ source.schema }}.{{ source.identifier }} using iceberg as
    select line.*
    from (
        select from_json(value, '
        {%- for column in source.columns.values() -%}
            {{ column.name }} {{ spark_type(column.data_type) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        ') as line
        from text.`{{ path }}`
    ) as lines
{%- endmacro %}

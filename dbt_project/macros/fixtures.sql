{#-
Target `fixtures`: before anything runs, make each source from its file of JSON lines in `fixtures/`, with the columns
and types that models/staging/_sources.yml documents. Other targets find the sources in the warehouse, where
`footfall run` puts them.
-#}
{% macro prepare_sources() -%}
    {%- if execute and target.name == 'fixtures' -%}
        {%- for source in graph.sources.values() -%}
            {%- do adapter.create_schema(api.Relation.create(database=source.database, schema=source.schema)) -%}
            {%- set path = [flags.PROFILES_DIR, 'fixtures', source.source_name, source.name ~ '.jsonl'] | join('/') -%}
            {%- do run_query(source_from_file(source, path)) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro source_from_file(source, path) -%}
    {{ adapter.dispatch('source_from_file')(source, path) }}
{%- endmacro %}

{% macro duckdb__source_from_file(source, path) -%}
    create or replace table {{ source.schema }}.{{ source.identifier }} as
    select * from read_json('{{ path | replace("'", "''") }}', format = 'newline_delimited', columns = {
        {%- for column in source.columns.values() -%}
            '{{ column.name }}': '{{ column.data_type }}'{{ ', ' if not loop.last }}
        {%- endfor -%}
    })
{%- endmacro %}

{#-
A full refresh outside `footfall run --full-refresh` would build from the commits since the last build alone, and leave
out everything before them.
-#}
{% macro refuse_a_partial_full_refresh() -%}
    {%- if execute and flags.FULL_REFRESH and flags.WHICH in ('build', 'run') and target.name != 'fixtures' -%}
        {%- set since = run_query('select since_seq from ' ~ source('lake', 'build')) -%}
        {%- if since and since.rows[0][0] > 0 -%}
            {%- do exceptions.raise_compiler_error(
                'The sources hold only what came since the last build: use `footfall run --full-refresh`.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

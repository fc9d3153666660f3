{#- A source as this engine has it; dbt's own `source` still notes what depends on it. -#}
{% macro source(source_name, table_name) -%}
    {{ return(adapter.dispatch('source_relation')(builtins.source(source_name, table_name))) }}
{%- endmacro %}

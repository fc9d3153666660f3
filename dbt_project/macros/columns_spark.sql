{#- What columns a table of Iceberg has, and what it should have. -#}

{#- Columns of a table, as a list of definitions: those of the contract where there is one. -#}
{% macro columns_of_query(query) -%}
    {%- set columns = [] -%}
    {%- if config.get('contract').enforced -%}
        {%- for column in model.columns.values() -%}
            {%- set required = column.constraints | selectattr('type', 'equalto', 'not_null') | list -%}
            {%- set name_and_type = column.name ~ ' ' ~ (spark_type(column.data_type) | trim) -%}
            {%- do columns.append(name_and_type ~ (' not null' if required else '')) -%}
        {%- endfor -%}
    {%- else -%}
        {%- for row in run_query('describe query ' ~ query) -%}
            {%- do columns.append(row[0] ~ ' ' ~ row[1]) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}

{#-
Whether a table was made with this layout, a property since types have more than one spelling, and is still so. A table
that no build has made is not touched.
-#}
{% macro has_layout(relation, layout, columns) -%}
    {%- set known = {} -%}
    {%- for row in run_query('show tblproperties ' ~ relation).rows -%}
        {%- do known.update({row[0]: row[1]}) -%}
    {%- endfor -%}
    {%- if 'footfall.layout' not in known -%}
        {%- do exceptions.raise_compiler_error(
            'The table ' ~ relation ~ ' is of another program, and would be overwritten. Drop or rename it there, or '
            ~ 'give this home a catalog or iceberg.warehouse of its own.'
        ) -%}
    {%- endif -%}
    {{ return(
        known.get('footfall.layout') == layout
        and known.get('write.wap.enabled') == 'true'
        and names_and_types('select * from ' ~ relation) == names_and_types('select ' ~ as_nulls(columns))
    ) }}
{%- endmacro %}

{% macro names_and_types(query) -%}
    {%- set found = [] -%}
    {%- for row in run_query('describe query ' ~ query).rows -%}
        {%- do found.append([row[0], row[1]]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- Columns without values: from `name type not null` to `cast(null as type) as name`. -#}
{% macro as_nulls(columns) -%}
    {%- set found = [] -%}
    {%- for column in columns -%}
        {%- set name, type = column.replace(' not null', '').split(' ', 1) -%}
        {%- do found.append('cast(null as ' ~ type ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {{ return(found | join(', ')) }}
{%- endmacro %}

{#- Names of the columns that have texts, of definitions as above. -#}
{% macro texts_of(columns) -%}
    {%- set found = [] -%}
    {%- for column in columns if 'string' in column.split(' ', 1)[1] -%}
        {%- do found.append(column.split(' ')[0]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

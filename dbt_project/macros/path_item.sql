{#- Where a person is on the path at level `content`: the item, else the module (definitions, Paths). -#}
{% macro path_item() -%}
    case
        when content_id is not null and content_type is not null then content_type || ':' || content_id
        else {{ path_module() }}
    end
{%- endmacro %}

{#- Where a person is on the path at level `module`: the module; where it is unmapped, an empty text, which no client's
    module is. -#}
{% macro path_module() -%}
    case when module_kind = 'unmapped' then '' else module end
{%- endmacro %}

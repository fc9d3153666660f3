{#- Where a person is on the path at level `content`: the item, else the module (definitions, Paths), of `event`. -#}
{% macro path_item(event) -%}
    case
        when {{ event }}.content_id is not null and {{ event }}.content_type is not null
            then {{ event }}.content_type || ':' || {{ event }}.content_id
        else {{ path_module(event) }}
    end
{%- endmacro %}

{#- Where a person is on the path at level `module`: the module; where it is unmapped, an empty text, which no client's
    module is. -#}
{% macro path_module(event) -%}
    case when {{ event }}.module_kind = 'unmapped' then '' else {{ event }}.module end
{%- endmacro %}

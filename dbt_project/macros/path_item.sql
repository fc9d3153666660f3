{#- Where a person is on the path at level `content`: the item, else the module (definitions, Paths). -#}
{% macro path_item() -%}
    case when content_id is not null and content_type is not null then content_type || ':' || content_id else module end
{%- endmacro %}

{#- What vars.yml says, as SQL. Lists are looked at only where something runs: `execute` is false where dbt parses. -#}

{#- The value that a workspace has of a setting that it does not give, or that cannot be used. -#}
{% macro workspace_default(setting) -%}
    {{ var('workspace_defaults')[setting] if execute else 0 }}
{%- endmacro %}

{#- The kinds of events, all or those with a flag (`is_interaction`, `is_keep_alive`): texts of a list. -#}
{% macro event_kinds(flag=none) -%}
    {%- set kinds = [] -%}
    {%- for kind in (var('event_kinds') if execute else []) if flag is none or kind[flag] -%}
        {%- do kinds.append("'" ~ kind.name ~ "'") -%}
    {%- endfor -%}
    {{ kinds | join(', ') or 'null' }}
{%- endmacro %}

{#- Everything that DuckDB and Spark write differently. Models call these and nothing else of a dialect's own. -#}

{#- An id from its parts; hashed part by part, so that no choice of separator can make two differ as one. -#}
{% macro id_of(parts) -%}
    md5(concat({% for part in parts %}md5({{ part }}){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}

{#- Whole milliseconds from one timestamp to a later one (BIGINT, rounded down). -#}
{% macro ms_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) // 1000)
{%- endmacro %}

{#- Milliseconds (BIGINT) as seconds, DECIMAL(18,3): sums do not depend on the order of adding. -#}
{% macro ms_as_seconds(ms) -%}
    cast(cast({{ ms }} as decimal(18, 3)) * cast(0.001 as decimal(4, 3)) as decimal(18, 3))
{%- endmacro %}

{% macro add_seconds(at, seconds) -%}
    ({{ at }} + to_seconds({{ seconds }}))
{%- endmacro %}

{#- A UTC timestamp on the clock of a time zone. -#}
{% macro local_time(at, timezone) -%}
    timezone({{ timezone }}, timezone('UTC', {{ at }}))
{%- endmacro %}

{#- A relation of one column, `name`: the time zones this engine knows. -#}
{% macro known_timezones() -%}
    (select name from pg_timezone_names())
{%- endmacro %}

{#- One row a day from the first date to the last, both included. -#}
{% macro dates_between(first_date, last_date) -%}
    unnest(cast(generate_series({{ first_date }}, {{ last_date }}, interval 1 day) as date[]))
{%- endmacro %}

{#- Search terms: NFC, trimmed, lower case, inner white space one (definitions, Search). -#}
{% macro normalise_term(text) -%}
    trim(regexp_replace(lower(nfc_normalize({{ text }})), '[\s\v\p{Z}]+', ' ', 'g'))
{%- endmacro %}

{#- Milliseconds (BIGINT) as minutes, DECIMAL(18,3), half up. -#}
{% macro ms_as_minutes(ms) -%}
    cast(cast({{ ms }} as decimal(18, 3)) / 60000 as decimal(18, 3))
{%- endmacro %}

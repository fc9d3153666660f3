{#-
Everything that engines write differently. Models, tests and the other macros call these and use nothing else that only
DuckDB knows (tests/unit/test_dialect.py looks for it), so another engine needs the macros `duckdb__…` of this file once
more under its own prefix (`spark__…`), and a materialization `scoped`. docs/decisions/0013 says what Spark writes.
-#}

{#- An id from its parts. Each part is hashed first, so that no separator can make two different ids equal. -#}
{% macro id_of(parts) -%}
    md5(concat({% for part in parts %}md5({{ part }}){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}


{#- Where the engine reads a relation of a source; `source` asks it. -#}
{% macro duckdb__source_relation(relation) -%}
    {{ return(relation) }}
{%- endmacro %}


{#- How a model is made (the configuration `materialized`) -#}

{#- One that stores no rows. Tables of Iceberg have no views. -#}
{% macro unwritten() -%}
    {{ return(adapter.dispatch('unwritten')()) }}
{%- endmacro %}

{% macro duckdb__unwritten() -%}
    {{ return('view') }}
{%- endmacro %}

{#- One that joins large tables and is read more than once: stored only where a join moves rows to other workers. -#}
{% macro written_where_joins_move_rows() -%}
    {{ return(adapter.dispatch('written_where_joins_move_rows')()) }}
{%- endmacro %}

{% macro duckdb__written_where_joins_move_rows() -%}
    {{ return('view') }}
{%- endmacro %}


{#- Time -#}

{#- Whole milliseconds from one timestamp to a later one (BIGINT, rounded down). -#}
{% macro ms_between(earlier, later) -%}
    {{ adapter.dispatch('ms_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__ms_between(earlier, later) -%}
    ((epoch_us({{ later }}) - epoch_us({{ earlier }})) // 1000)
{%- endmacro %}

{#- Whole days from one timestamp to a later one (BIGINT, rounded down). -#}
{% macro days_between(earlier, later) -%}
    {{ adapter.dispatch('days_between')(earlier, later) }}
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    ({{ ms_between(earlier, later) }} // 86400000)
{%- endmacro %}

{#- Milliseconds (BIGINT) as seconds, DECIMAL(18,3): sums do not depend on the order of adding. -#}
{% macro ms_as_seconds(ms) -%}
    cast(cast({{ ms }} as decimal(18, 3)) * cast(0.001 as decimal(4, 3)) as decimal(18, 3))
{%- endmacro %}

{#- Milliseconds (BIGINT, not negative) as minutes, DECIMAL(18,3), half up. In whole numbers: a division in floating
    point is below a half where it should be one, and not on every engine. -#}
{% macro ms_as_minutes(ms) -%}
    {{ adapter.dispatch('ms_as_minutes')(ms) }}
{%- endmacro %}

{% macro duckdb__ms_as_minutes(ms) -%}
    {{ ms_as_seconds('((' ~ ms ~ ' + 30) // 60)') }}
{%- endmacro %}

{% macro add_seconds(at, seconds) -%}
    {{ adapter.dispatch('add_seconds')(at, seconds) }}
{%- endmacro %}

{% macro duckdb__add_seconds(at, seconds) -%}
    ({{ at }} + to_seconds({{ seconds }}))
{%- endmacro %}

{#- A UTC timestamp on the clock of a time zone. -#}
{% macro local_time(at, timezone) -%}
    {{ adapter.dispatch('local_time')(at, timezone) }}
{%- endmacro %}

{% macro duckdb__local_time(at, timezone) -%}
    timezone({{ timezone }}, timezone('UTC', {{ at }}))
{%- endmacro %}

{#- A relation of one column, `name`: the time zones this engine knows. -#}
{% macro known_timezones() -%}
    {{ adapter.dispatch('known_timezones')() }}
{%- endmacro %}

{% macro duckdb__known_timezones() -%}
    (select name from pg_timezone_names())
{%- endmacro %}

{#-
One row a day from one date to another, both included, whichever comes first (a clock that is set back over midnight):
an expression for the select list.
-#}
{% macro dates_between(first_date, last_date) -%}
    {{ adapter.dispatch('dates_between')(first_date, last_date) }}
{%- endmacro %}

{% macro duckdb__dates_between(first_date, last_date) -%}
    unnest(cast(
        generate_series(
            least({{ first_date }}, {{ last_date }}), greatest({{ first_date }}, {{ last_date }}), interval 1 day
        ) as date[]
    ))
{%- endmacro %}


{#- Windows and aggregates -#}

{#- The last value that is not null, to be followed by `over …`. -#}
{% macro last_known(value) -%}
    {{ adapter.dispatch('last_known')(value) }}
{%- endmacro %}

{% macro duckdb__last_known(value) -%}
    last_value({{ value }} ignore nulls)
{%- endmacro %}

{#- The first known value of a group by the columns of `order`, among the rows where `condition`. -#}
{% macro first_by(value, order, condition) -%}
    {{ adapter.dispatch('first_by')(value, order, condition) }}
{%- endmacro %}

{% macro duckdb__first_by(value, order, condition) -%}
    min_by({{ value }}, row({{ order | join(', ') }})) filter (where {{ condition }})
{%- endmacro %}

{#- The last known value of a group by the columns of `order`, among the rows where `condition`. -#}
{% macro last_by(value, order, condition) -%}
    {{ adapter.dispatch('last_by')(value, order, condition) }}
{%- endmacro %}

{% macro duckdb__last_by(value, order, condition) -%}
    max_by({{ value }}, row({{ order | join(', ') }})) filter (where {{ condition }})
{%- endmacro %}


{#- Lists of texts -#}

{% macro empty_list() -%}
    {{ adapter.dispatch('empty_list')() }}
{%- endmacro %}

{% macro duckdb__empty_list() -%}
    cast([] as varchar[])
{%- endmacro %}

{#- How many values a list holds; 0 for null. -#}
{% macro list_size(list) -%}
    {{ adapter.dispatch('list_size')(list) }}
{%- endmacro %}

{% macro duckdb__list_size(list) -%}
    coalesce(len({{ list }}), 0)
{%- endmacro %}

{#- Whether two lists share a value. -#}
{% macro lists_overlap(one, other) -%}
    {{ adapter.dispatch('lists_overlap')(one, other) }}
{%- endmacro %}

{% macro duckdb__lists_overlap(one, other) -%}
    list_has_any({{ one }}, {{ other }})
{%- endmacro %}

{#- The different values of a group as a sorted list; null where there are only nulls. -#}
{% macro sorted_list(value) -%}
    {{ adapter.dispatch('sorted_list')(value) }}
{%- endmacro %}

{% macro duckdb__sorted_list(value) -%}
    array_sort(array_agg(distinct {{ value }}) filter (where {{ value }} is not null))
{%- endmacro %}

{#- All values of the lists of a group where `condition`, sorted; null where there is no list. -#}
{% macro joined_lists(list, condition) -%}
    {{ adapter.dispatch('joined_lists')(list, condition) }}
{%- endmacro %}

{% macro duckdb__joined_lists(list, condition) -%}
    list_sort(list_distinct(flatten(array_agg({{ list }}) filter (where {{ condition }} and {{ list }} is not null))))
{%- endmacro %}

{#-
The values that all lists of a group have in common where `condition`, sorted; null where there is no list, and an empty
text, which no list holds otherwise, where they have nothing in common.
-#}
{% macro common_of_lists(list, condition) -%}
    {{ adapter.dispatch('common_of_lists')(list, condition) }}
{%- endmacro %}

{% macro duckdb__common_of_lists(list, condition) -%}
    case
        when count(case when {{ condition }} then 1 end) > 0
            then list_sort(coalesce(
                nullif(
                    list_distinct(list_reduce(
                        array_agg({{ list }}) filter (where {{ condition }}),
                        lambda one, other: list_intersect(one, other)  -- noqa: PRS
                    )),
                    cast([] as varchar[])
                ),
                ['']
            ))
    end
{%- endmacro %}

{#- Whether the domain of an e-mail address is in a list of domains; case, spaces and a leading `@` do not matter. -#}
{% macro has_domain(email, domains) -%}
    {{ adapter.dispatch('has_domain')(email, domains) }}
{%- endmacro %}

{% macro duckdb__has_domain(email, domains) -%}
    list_contains(
        list_transform({{ domains }}, lambda domain: lower(ltrim(trim(domain), '@'))),
        lower(trim(split_part(coalesce({{ email }}, ''), '@', -1)))
    )
{%- endmacro %}


{#- Texts -#}

{#- A value as text. -#}
{% macro as_text(value) -%}
    {{ adapter.dispatch('as_text')(value) }}
{%- endmacro %}

{% macro duckdb__as_text(value) -%}
    cast({{ value }} as varchar)
{%- endmacro %}

{#- Trimmed, in lower case: to compare what people write. -#}
{% macro lower_trimmed(text) -%}
    {{ adapter.dispatch('lower_trimmed')(text) }}
{%- endmacro %}

{% macro duckdb__lower_trimmed(text) -%}
    lower(trim({{ text }}))
{%- endmacro %}

{#- A JSON object as text; `fields` maps names to expressions. -#}
{% macro json_of(fields) -%}
    {{ adapter.dispatch('json_of')(fields) }}
{%- endmacro %}

{% macro duckdb__json_of(fields) -%}
    cast(to_json(struct_pack({% for name, value in fields.items() %}
        {{ name }} := {{ value }}{{ ',' if not loop.last }}
    {%- endfor %})) as varchar)
{%- endmacro %}

{#- Search terms: NFC, trimmed, lower case, inner white space one (definitions, Search). -#}
{% macro normalise_term(text) -%}
    {{ adapter.dispatch('normalise_term')(text) }}
{%- endmacro %}

{% macro duckdb__normalise_term(text) -%}
    trim(regexp_replace(lower(nfc_normalize({{ text }})), '[\s\v\p{Z}]+', ' ', 'g'))
{%- endmacro %}


{#- Statements -#}

{#- All columns of a relation but some: a select list. -#}
{% macro all_columns_except(columns) -%}
    {{ adapter.dispatch('all_columns_except')(columns) }}
{%- endmacro %}

{% macro duckdb__all_columns_except(columns) -%}
    * exclude ({{ columns | join(', ') }})
{%- endmacro %}

{#- Insert the rows of a query, column by column of the same name. -#}
{% macro insert_by_name(relation, query) -%}
    {{ adapter.dispatch('insert_by_name')(relation, query) }}
{%- endmacro %}

{% macro duckdb__insert_by_name(relation, query) -%}
    insert into {{ relation }} by name ({{ query }})
{%- endmacro %}

{#-
Delete the rows of `relation`, named `replaced`, that match a row of `other`, named `alias`; `within` is a condition on
`replaced` alone that all of them meet: literal bounds, so that other parts of the table are not looked at.
-#}
{% macro delete_matching(relation, other, alias, condition, within='true') -%}
    {{ adapter.dispatch('delete_matching')(relation, other, alias, condition, within) }}
{%- endmacro %}

{% macro duckdb__delete_matching(relation, other, alias, condition, within) -%}
    delete from {{ relation }} as replaced
    using {{ other }} as {{ alias }}
    where {{ condition }} and {{ within }}
{%- endmacro %}

-- The dates on which each user who counts was there, by dimension and key, each with the user's date before it: rows of
-- persons, which agg_unique_users counts. `all`: a counted visit started; `module`, `os`: interactions; content:
-- openings; `term`: searches. Reads itself: a date that comes or goes also changes what the user's next date with that
-- key follows.
{{ config(
    materialized='scoped', in_order_of=['local_date', 'workspace_id'],
    replaces={
        'older_dates': 'int_changed_actor_dates',
        'keys': ['workspace_id', 'actor_id', 'local_date', 'dimension', 'key', 'key_kind']
    }
) }}

{%- set rows_of_changed_keys -%}
from {{ this }} as known
    inner join changed_keys
        on known.workspace_id = changed_keys.workspace_id
        and known.actor_id = changed_keys.actor_id
        and known.dimension = changed_keys.dimension
        and known.key = changed_keys.key
        and known.key_kind = changed_keys.key_kind
    inner join first_dates
        on known.workspace_id = first_dates.workspace_id
        and known.actor_id = first_dates.actor_id
{%- endset %}

with written as (

    {{ written_user_days() }}

),

{% if is_scoped() %}
touched as (

    select workspace_id, actor_id, local_date from {{ ref('int_changed_actor_dates') }}

),

changed_keys as (

    select workspace_id, dimension, key, key_kind, actor_id from written
    union
    select known.workspace_id, known.dimension, known.key, known.key_kind, known.actor_id
    from {{ this }} as known
    inner join touched
        on known.workspace_id = touched.workspace_id
        and known.actor_id = touched.actor_id
        and known.local_date = touched.local_date
    where {{ within_changed_dates('known.local_date') }}

),

first_dates as (

    select workspace_id, actor_id, min(local_date) as first_date
    from touched
    group by workspace_id, actor_id

),

-- Before the first of a person's dates that are written again only the latest date can be followed by another one now:
-- so many dates are grouped, which costs a fifth of sorting them with the others.
earlier as (

    select
        known.workspace_id, known.dimension, known.key, known.key_kind, known.actor_id,
        max(known.local_date) as local_date
    {{ rows_of_changed_keys }} and known.local_date < first_dates.first_date
    group by known.workspace_id, known.dimension, known.key, known.key_kind, known.actor_id

),

later as (

    select
        known.workspace_id, known.dimension, known.key, known.key_kind, known.actor_id, known.local_date,
        known.previous_local_date
    {{ rows_of_changed_keys }} and known.local_date > first_dates.first_date
    left join touched
        on known.workspace_id = touched.workspace_id
        and known.actor_id = touched.actor_id
        and known.local_date = touched.local_date
    where touched.local_date is null and not {{ before_changed_dates('known.local_date', 'int_changed_actor_dates') }}

),
{% endif %}

days as (

    select
        workspace_id, dimension, key, key_kind, actor_id, local_date,
        true as is_written, false as is_later, cast(null as date) as known_previous
    from written

    {% if is_scoped() %}
    union all

    select
        workspace_id, dimension, key, key_kind, actor_id, local_date,
        false as is_written, false as is_later, cast(null as date) as known_previous
    from earlier

    union all

    select
        workspace_id, dimension, key, key_kind, actor_id, local_date,
        false as is_written, true as is_later, previous_local_date as known_previous
    from later
    {% endif %}

),

in_order as (

    select
        *,
        lag(local_date) over (
            partition by workspace_id, dimension, key, key_kind, actor_id
            order by local_date
        ) as previous_local_date
    from days

)

select
    workspace_id, actor_id, dimension, key, key_kind, local_date, previous_local_date,
    {{ build_no() }} as build_no, {{ written_by() }} as written_by
from in_order
where is_written or (is_later and previous_local_date is distinct from known_previous)

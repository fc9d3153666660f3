{#-
Distinct users of any range of dates as a sum (docs/decisions/0016): a cell counts the users of a key on a date by the
date they were there before. Somebody counts once in a range: on the first of the range's dates.
-#}

{#-
Which users who count have a row in a fact on which dates, of the dates that this build writes again (`within`, as
within_changed_dates has them): a query of workspace_id, actor_id, local_date and `columns`, to which further conditions
on `fact` may be added. Guests have no days.
-#}
{% macro user_days(fact, columns, within) -%}
    select distinct
        fact.workspace_id, fact.actor_id, fact.local_date
        {%- for column in columns %}, fact.{{ column }}{% endfor %}
    from {{ fact }} as fact
    {{ join_participant('fact') }}
    {% if is_scoped() %}
    inner join {{ ref('int_changed_actor_dates') }} as touched
        on fact.workspace_id = touched.workspace_id
        and fact.actor_id = touched.actor_id
        and fact.local_date = touched.local_date
    {% endif %}
    where participant.is_targeted and {{ within }}
{%- endmacro %}

{#-
The rows of int_user_days on those dates, without what depends on other dates: workspace_id, dimension, key, key_kind,
actor_id, local_date.
-#}
{% macro written_user_days() -%}
    {% set within = within_changed_dates('fact.local_date') %}
    with visiting as (

        {{ user_days(ref('fct_user_daily'), [], within) }} and fact.visits > 0

    ),

    usage as (

        {{ user_days(ref('fct_feature_usage'), ['module', 'module_kind', 'os'], within) }} and fact.interactions > 0

    ),

    openings as (

        {{ user_days(ref('fct_content_views'), ['content_type', 'content_id'], within) }}

    ),

    searching as (

        {{ user_days(ref('fct_searches'), ['term'], within) }}

    )

    select workspace_id, 'all' as dimension, 'all' as key, 'named' as key_kind, actor_id, local_date
    from visiting
    union all
    select distinct workspace_id, 'module' as dimension, module as key, module_kind as key_kind, actor_id, local_date
    from usage
    union all
    select distinct
        workspace_id, 'os' as dimension, coalesce(os, 'unknown') as key, 'named' as key_kind, actor_id, local_date
    from usage
    union all
    select distinct
        workspace_id, 'content_type' as dimension, content_type as key, 'named' as key_kind, actor_id, local_date
    from openings
    union all
    select distinct
        workspace_id, 'content' as dimension, content_type || ':' || content_id as key, 'named' as key_kind, actor_id,
        local_date
    from openings
    union all
    select workspace_id, 'term' as dimension, term as key, 'named' as key_kind, actor_id, local_date
    from searching
{%- endmacro %}

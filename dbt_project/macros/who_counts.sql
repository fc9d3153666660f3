{#-
Who counts (definitions, Who counts): targeted users, and guests where the workspace counts them. Two joins, and the
condition that goes with them, for a relation with workspace_id and user_id (null for a guest).
-#}
{% macro join_who_counts(relation) -%}
    inner join {{ ref('dim_workspaces') }} as workspace on {{ relation }}.workspace_id = workspace.workspace_id
    {{ join_participant(relation) }}
{%- endmacro %}

{% macro counts(relation) -%}
    case when {{ relation }}.user_id is null then workspace.counts_guests else participant.is_targeted end
{%- endmacro %}

{#-
Facts hold everyone's rows; with target groups only rows of people in one of them who are not test accounts
(definitions, Who counts). A join and its condition, for a relation with workspace_id and user_id (null for a guest)
beside `settings`, the workspace in int_workspaces.
-#}
{% macro join_participant(relation) -%}
    left join {{ ref('int_participants') }} as participant
        on {{ relation }}.workspace_id = participant.workspace_id and {{ relation }}.user_id = participant.user_id
{%- endmacro %}

{% macro in_facts() -%}
    (settings.counts_guests or coalesce(participant.is_targeted, false))
{%- endmacro %}

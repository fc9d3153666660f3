-- Spans of time of a device with `timeout` or more of silence between them: a changed event can change nothing outside
-- its span. The rows of this build (build_no) are its scope: the changed events of a device and day, merged with older
-- spans that are nearer than the timeout. A span may hold several runs of a device (up to a day), but never a part of
-- one.
{{ config(materialized='scoped', in_order_of=['from_at'], replaces={'older_spans': 'device'}) }}

with changed as (

    select workspace_id, device_id, from_at, to_at from {{ ref('int_added_device_days') }}

    {% if is_scoped() %}
    union all

    select workspace_id, device_id, min(occurred_at) as from_at, max(occurred_at) as to_at
    from {{ source('lake', 'events_removed') }}
    group by workspace_id, device_id, cast(occurred_at as date)
    {% endif %}

    {% if is_scoped() and has_rows(ref('int_changed_workspaces'), 'needs_resessionize') %}
    union all

    -- a workspace whose time zone, timeout or idle cap changed is rebuilt as a whole
    select span.workspace_id, span.device_id, span.from_at, span.to_at
    from {{ this }} as span
    inner join {{ ref('int_changed_workspaces') }} as workspace
        on span.workspace_id = workspace.workspace_id and workspace.needs_resessionize
    {% endif %}

),

{{ merged_spans('device') }}

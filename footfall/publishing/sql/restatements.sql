-- Numbers of the previous version that differ in the new one, and why. Temporary tables: old_numbers, new_numbers
-- (daily_numbers.sql), old_families and old_workspaces (what the old version had numbers of), touched (workspace, UTC
-- date, kind of commit). A number that appears on a day already published counts as restated from nothing (old_value
-- null); days that had not ended in the workspace's zone when the old version was made were still open, and new numbers
-- there are not restated.
-- An erasure comes before every other reason: all that changed in its publication may be about the person.

with compared as (

    select
        coalesce(old.workspace_id, new.workspace_id) as workspace_id,
        coalesce(old.local_date, new.local_date) as local_date,
        coalesce(old.metric, new.metric) as metric,
        coalesce(old.family, new.family) as family,
        old.value as old_value,
        coalesce(new.value, 0) as new_value
    from old_numbers as old
    full join new_numbers as new
        on old.workspace_id = new.workspace_id and old.local_date = new.local_date and old.metric = new.metric
    where coalesce(old.value, 0) <> coalesce(new.value, 0)

),

dated as (

    select
        compared.*,
        cast(compared.local_date + 1 as timestamp) at time zone coalesce(workspace.timezone, 'UTC')
        > cast(cast($old_load_date as date) + 1 as timestamp) at time zone 'UTC' as is_open
    from compared
    left join marts.dim_workspaces as workspace on compared.workspace_id = workspace.workspace_id

),

reported as (

    select * from dated
    where
        (old_value is not null and not (is_open and family = 'path_links'))
        or (
            old_value is null
            and not is_open
            and family in (select family from old_families)
            and workspace_id in (select workspace_id from old_workspaces)
        )

),

-- An erasure touches every day (its rows are gone, so their dates are not known).
-- A day is touched by a commit with events of the workspace within two days of it: zones shift a date by one at most,
-- and a visit belongs to the date it starts on.
reasons as (

    select
        reported.workspace_id,
        reported.local_date,
        coalesce(bool_or(touched.kind not in ('load', 'backfill')), false) as is_erased,
        coalesce(bool_or(touched.kind = 'backfill'), false) as is_backfilled,
        coalesce(bool_or(touched.kind = 'load'), false) as is_late
    from (select distinct workspace_id, local_date from reported) as reported
    left join touched
        on
            reported.workspace_id = touched.workspace_id
            and (
                touched.utc_date is null
                or touched.utc_date between reported.local_date - 2 and reported.local_date + 2
            )
    group by reported.workspace_id, reported.local_date

),

explained as (

    select
        reported.*,
        case
            when reasons.is_erased then 'erasure'
            when reported.is_open then 'open_day'
            when $is_redefined then 'definition_change'
            when reasons.is_backfilled then 'backfill'
            when reasons.is_late or not $has_entities then 'late_events'
            else 'entity_change'
        end as reason
    from reported
    inner join reasons
        on reported.workspace_id = reasons.workspace_id and reported.local_date = reasons.local_date

),

-- Of an erasure only how many numbers changed: their names and values would be what the person did.
shown as (

    select
        workspace_id, local_date, metric, old_value, new_value, 1 as numbers, reason
    from explained
    where reason <> 'erasure'
    union all
    select
        workspace_id, local_date, null as metric, null as old_value, null as new_value, count(*) as numbers, reason
    from explained
    where reason = 'erasure'
    group by workspace_id, local_date, reason

)

select
    cast($run_id as varchar) as run_id,
    cast($restated_at as timestamp) as restated_at,
    workspace_id,
    local_date,
    cast(metric as varchar) as metric,
    cast(old_value as double) as old_value,
    cast(new_value as double) as new_value,
    cast(numbers as bigint) as numbers,
    reason
from shown
order by workspace_id, local_date, metric

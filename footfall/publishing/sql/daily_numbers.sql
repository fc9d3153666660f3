-- Every published daily number as a row; the family shows whether a number is new everywhere or only here.
-- Parameters: $dates, the local dates. Run with the version's `marts` as current schema.
-- Items of content paths can name people, so paths of level `content` are added up by step.

with daily as (

    select
        workspace_id,
        local_date,
        cast(columns(* exclude (workspace_id, local_date)) as double)
    from agg_workspace_daily
    where local_date in (select unnest($dates))

),

workspace_numbers as (

    unpivot daily on columns(* exclude (workspace_id, local_date)) into name metric value value

),

os_numbers as (

    select workspace_id, local_date, 'interactions.' || os as metric, sum(interactions) as value
    from agg_interactions_by_os
    where local_date in (select unnest($dates))
    group by all

),

links as (

    -- versions published before issue 12 name the end of a path in `target`, and have `views` for `interactions`
    select cast(null as varchar) as target_kind, cast(null as bigint) as interactions, cast(null as bigint) as views
    where false
    union all by name
    select * from agg_path_links where local_date in (select unnest($dates))

),

path_links as (

    select
        workspace_id,
        local_date,
        coalesce(
            target_kind, case target when '(exit)' then 'exit' when '(continues)' then 'continues' else 'item' end
        ) as kind,
        concat(
            'path.', level, '.', step,
            if(level = 'module', concat('.', source, if(kind = 'item', ' > ' || target, '.' || kind)), ''), '.'
        ) as prefix,
        visits,
        coalesce(interactions, views) as interactions,
        seconds_on_source
    from links

),

path_numbers as (

    select
        workspace_id, local_date, prefix || unnest(['visits', 'interactions', 'seconds']) as metric,
        unnest([
            cast(sum(visits) as double), cast(sum(interactions) as double), cast(sum(seconds_on_source) as double)
        ]) as value
    from path_links
    group by workspace_id, local_date, prefix

)

select metric as family, workspace_id, local_date, metric, value from workspace_numbers
union all
select 'interactions_by_os' as family, workspace_id, local_date, metric, cast(value as double) from os_numbers
union all
select 'path_links' as family, workspace_id, local_date, metric, value from path_numbers

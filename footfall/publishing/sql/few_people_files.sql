-- Event files with lines of 1 to k - 1 people of a protected workspace. Parameters: $paths. Needs:
-- protected_workspaces. Grain: one row per file.
select distinct found.file_id
from (
    select e.file_id, e.workspace_id, count(distinct coalesce(e.user_id, 'device ' || e.device_id)) as people
    from read_parquet($paths, hive_partitioning = false, union_by_name = true) as e
    semi join protected_workspaces as p on e.workspace_id = p.workspace_id
    group by e.file_id, e.workspace_id
) as found
inner join marts.dim_workspaces as w on found.workspace_id = w.workspace_id
where found.people < w.min_group_size

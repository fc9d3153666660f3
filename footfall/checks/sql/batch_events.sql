-- One row a load date: what the lines that became live lack. Parameter: the batch's lake files.

select
    cast(load_date as varchar) as load_date,
    count(*) as events,
    count_if(
        workspace_id is null or message_id is null or device_id is null or occurred_at is null
    ) as without_key,
    count_if(duration_seconds < 0) as negative_durations,
    count_if(user_id is null) / count(*) as signed_out_share,
    count_if(os is null or os = 'unknown') / count(*) as unknown_os_share
from read_parquet(?, hive_partitioning = false)  -- noqa: PRS
group by all
order by load_date

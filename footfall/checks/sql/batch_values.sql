-- One row a combination of os and type. Parameter: the batch's lake files.

select os, type, count(*) as events
from read_parquet(?, hive_partitioning = false)  -- noqa: PRS
group by os, type
order by os, type

-- One row a workspace that events are known of and no settings. Parameter: $is_rejected, whether any settings were.
select workspace_id, 1 as is_without
from marts.dim_workspaces
where is_inferred and $is_rejected
order by workspace_id

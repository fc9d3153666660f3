-- One row a workspace that has no settings although some that are in quarantine may be its own: a rejected line that
-- names it, or the newest file. Parameters: $texts, the rejected lines of `workspaces`; $is_unread, whether its newest
-- file was quarantined whole.
with rejected as (

    select unnest(cast($texts as varchar[])) as text

)

select workspace_id
from marts.dim_workspaces
where
    is_inferred
    and (
        $is_unread
        or exists (
            select 1
            from rejected
            where
                contains(text, workspace_id)
                or case when json_valid(text) then text ->> '$.workspace_id' = workspace_id else false end
        )
    )
order by workspace_id

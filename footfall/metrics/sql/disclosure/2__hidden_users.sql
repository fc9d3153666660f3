-- Protected participants of workspaces where others stay named. Grain: one row per workspace, user.
select
    p.workspace_id,
    p.user_id
from marts.dim_participants as p
inner join protected_workspaces as w on p.workspace_id = w.workspace_id
where p.is_anonymized and not w.is_full

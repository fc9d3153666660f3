-- What a search must not say: ids, e-mail addresses and names of protected participants. Grain: one row per word.
select distinct
    p.workspace_id,
    lower(nfc_normalize(trim(unnest([p.user_id, p.email, p.last_name])))) as word
from marts.dim_participants as p
inner join protected_workspaces as w on p.workspace_id = w.workspace_id
where p.is_anonymized or w.is_full

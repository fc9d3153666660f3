-- Content items with their latest known titles; a profile that has none is called like its participant. Abstracts only
-- where the module is installed; profiles of anonymized participants not at all. A sponsor belongs to itself.
-- Grain: one row per content_type, content_id.
select
    row_number() over (order by c.content_type, c.content_id)::integer as content_no,
    c.content_type,
    c.content_id,
    coalesce(nullif(trim(c.title), ''), p.name, c.content_id) as title,
    coalesce(c.url, p.profile_url) as url,
    c.sponsor_id,
    case when c.content_type = 'sponsor' then c.content_id else c.sponsor_id end as of_sponsor_id,
    c.starts_at,
    c.ends_at,
    coalesce(c.is_deleted, false) as is_deleted
from marts.dim_content as c
cross join scope_workspace as w
left join scope_everyone as p on c.content_type = 'user' and c.content_id = p.user_id
where
    c.workspace_id = $workspace
    and (
        c.content_type <> 'abstract'
        or w.modules is null
        or list_has_any(w.modules, ['abstract', 'abstracts'])
    )
    and not coalesce(p.is_anonymized, false)

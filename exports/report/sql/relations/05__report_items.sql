-- Content items by number, in order of type and id. Grain: one row per content_type, content_id.
select
    c.content_type,
    c.content_id,
    c.title,
    c.url,
    c.sponsor_id,
    c.is_deleted,
    c.starts_at,
    c.ends_at,
    (c.content_no - 1)::bigint as item
from scope_content as c

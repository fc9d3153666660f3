-- Content delivered by the organiser, and items that only events name (`is_inferred`), with the latest known title.

with named as (

    select
        workspace_id, content_type, content_id,
        {{ last_by('title', ['titled_at'], 'title is not null') }} as title
    from {{ ref('int_content_days') }}
    group by workspace_id, content_type, content_id

),

ids as (

    select workspace_id, content_type, content_id from {{ ref('stg_lake__content') }}
    union
    select workspace_id, content_type, content_id from named

)

select
    ids.workspace_id,
    ids.content_type,
    ids.content_id,
    coalesce(known.title, named.title) as title,
    known.url,
    known.sponsor_id,
    known.starts_at,
    known.ends_at,
    known.deleted_at is not null as is_deleted,
    known.content_id is null as is_inferred
from ids
left join {{ ref('stg_lake__content') }} as known
    on ids.workspace_id = known.workspace_id
    and ids.content_type = known.content_type
    and ids.content_id = known.content_id
left join named
    on ids.workspace_id = named.workspace_id
    and ids.content_type = named.content_type
    and ids.content_id = named.content_id

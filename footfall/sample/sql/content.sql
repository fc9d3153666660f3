-- What there is to open in each workspace, in order of popularity (i = 0 is the most popular of its type).

create table content as
with items as (
    select
        content_types.*, workspaces.w, workspaces.workspace_id, i,
        hash(config.seed, workspaces.w, 5000000 + content_types.n * 1000 + i) as draw
    from content_types, workspaces, config, range(content_types.items) as numbers (i)
    where content_types.content_type <> 'abstract' or workspaces.has_abstracts
)

select
    w, workspace_id, content_type, i, items, draw,
    -- an id does not show how popular the item is (no number of items is a multiple of 7, so ids differ)
    prefix || '-' || lpad((1 + (i * 7 + 3) % items)::varchar, 3, '0') as content_id,
    case content_type
        when 'speaker' then
            cultures.first_names[1 + (hash(draw, 1) % 6)::integer] || ' '
            || cultures.last_names[1 + (hash(draw, 2) % 6)::integer]
        when 'sponsor' then words.companies[1 + ((i * 3 + w) % len(words.companies))::integer]
        else label || ' ' || (i + 1) || ': ' || words.topics[1 + (hash(draw, 3) % len(words.topics))::integer]
    end as title
from items
inner join cultures on cultures.c = hash(items.draw, 6) % (select count(*) from cultures)
cross join words;

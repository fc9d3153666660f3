-- The items of paths and the two ways a path ends, with a number for each: paths are counted by number. Events without
-- a module are an item of kind `unmapped`. The profile of an anonymized participant is shown under the number in place
-- of the id. Grain: one row per kind, item.
with items as (
    select if(s.is_unmapped, 'unmapped', 'item') as kind, s.item
    from marts.fct_path_steps as s
    where s.workspace_id = $workspace
    union
    select 'exit', null
    union
    select 'continues', null
)

select
    row_number() over ()::integer as item_no,
    i.kind,
    i.item as key,
    case when i.kind = 'item' then coalesce('user:' || e.shown_id, i.item) else i.item end as item
from items as i
left join scope_everyone as e on i.kind = 'item' and e.is_anonymized and i.item = 'user:' || e.user_id

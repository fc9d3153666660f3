-- The items of paths, with (exit) and (continues), and a number for each: paths are counted by number. The profile of an
-- anonymized participant is shown under the number in place of the id. Grain: one row per item.
with items as (
    select s.item from marts.fct_path_steps as s where s.workspace_id = $workspace
    union
    select '(exit)'
    union
    select '(continues)'
)

select
    row_number() over ()::integer as item_no,
    i.item as key,
    coalesce('user:' || e.shown_id, i.item) as item
from items as i
left join scope_everyone as e on e.is_anonymized and i.item = 'user:' || e.user_id

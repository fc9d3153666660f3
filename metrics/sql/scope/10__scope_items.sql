-- The items of paths, with (exit) and (continues), and a number for each: paths are counted by number.
-- Grain: one row per item.
select
    row_number() over ()::integer as item_no,
    items.item
from (
    select s.item from marts.fct_path_steps as s where s.workspace_id = $workspace
    union
    select '(exit)'
    union
    select '(continues)'
) as items

-- Items of protected workspaces that no extract delivers and that fewer people than the smallest group opened or named
-- in an event: that such an item exists shows what these few people did. What a person who stays named opened is in the
-- rows of that person anyway. Grain: one row per workspace, content_type, content_id.
with openers as (
    select
        c.workspace_id,
        c.content_type,
        c.content_id,
        count(distinct e.actor_id) as people,
        coalesce(bool_or(not w.is_full and h.actor_id is null and e.user_id is not null), false) as is_named
    from marts.dim_content as c
    inner join protected_workspaces as w on c.workspace_id = w.workspace_id
    left join marts.fct_events as e
        on c.workspace_id = e.workspace_id and c.content_type = e.content_type and c.content_id = e.content_id
    left join hidden_actors as h on e.workspace_id = h.workspace_id and e.actor_id = h.actor_id
    where c.is_inferred
    group by all
)

select o.workspace_id, o.content_type, o.content_id
from openers as o
inner join marts.dim_workspaces as s on o.workspace_id = s.workspace_id
where not o.is_named and o.people < s.min_group_size

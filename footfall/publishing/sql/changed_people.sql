-- How many protected people's data differ between the state that is shown and the new one. `has_gone`: a participant
-- does not count any more, was erased, or is protected now and was named. Needs: people, shown_people.
-- Grain: one row per workspace of the new state.
select
    coalesce(n.workspace_id, o.workspace_id) as workspace_id,
    count(*) filter (
        where (n.is_protected or o.is_protected) and n.digest is distinct from o.digest
    ) as changed,
    coalesce(bool_or(
        (n.person is null and not o.is_guest) or (n.is_protected and not o.is_protected and not n.is_guest)
    ), false) as has_gone
from people as n
full outer join shown_people as o on n.workspace_id = o.workspace_id and n.person = o.person
group by coalesce(n.workspace_id, o.workspace_id)

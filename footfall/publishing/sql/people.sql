-- One digest of everything that each person adds to the answers about a protected workspace. What the answers leave out
-- is left out here: 1 to k - 1 active protected people where others are named, else as few guests. Parameters: $key.
-- Needs: contributions, shown_ranges, hidden_actors. Grain: one row per workspace, person.
with known as (
    select
        c.*,
        r.is_full,
        r.k,
        r.is_full or h.actor_id is not null as is_protected
    from contributions as c
    inner join shown_ranges as r on c.workspace_id = r.workspace_id
    left join hidden_actors as h on c.workspace_id = h.workspace_id and c.actor_id = h.actor_id
),

active as (
    select
        workspace_id,
        counted,
        any_value(is_full) as is_full,
        any_value(k) as k,
        count(distinct actor_id) as people,
        count(distinct actor_id) filter (where is_of_guest) as guests
    from known
    where is_protected and counted in ('visits', 'interactions')
    group by workspace_id, counted
),

few as (
    select
        workspace_id,
        bool_or(not is_full and people between 1 and k - 1) as is_without_protected,
        bool_or(guests between 1 and k - 1) as is_without_guests
    from active
    group by workspace_id
)

select
    c.workspace_id,
    md5_number_lower(concat_ws(chr(31), $key::varchar, c.workspace_id, c.actor_id)) as person,
    bool_or(c.is_protected) as is_protected,
    bool_and(c.is_of_guest) as is_guest,
    sum(md5_number_lower(concat_ws(chr(31), c.fact, c.n)))::varchar as digest
from known as c
left join few as f on c.workspace_id = f.workspace_id
where
    starts_with(c.fact, 'participant')
    or not c.is_protected
    or not (
        coalesce(f.is_without_protected, false)
        or (coalesce(f.is_without_guests, false) and c.is_of_guest)
    )
group by c.workspace_id, c.actor_id

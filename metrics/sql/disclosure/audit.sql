-- What can be computed from the cells of one universe by subtraction, where it is about 1 to $k - 1 protected people:
-- a cell minus all cells of a family inside it, and the cells of a family that cover a cell, minus this cell (with one
-- cell on each side: any cell minus another inside it). Gives the cell to fold of each. Parameters: $universe, $k.
-- Grain: one row per family, label to fold.
with cells as materialized (
    select dense_rank() over (order by family, label) as cell, family, label, atom, person
    from disclosure_current
    where universe = $universe and person is not null
),

names as (
    select cell, any_value(family) as family, any_value(label) as label, count(distinct person) as people, count(*) as n,
        -- folded rather than others: a number of users beside the row it belongs to
        starts_with(any_value(family), 'users:') as is_aside,
        any_value(family) in ('total', 'total_visits', 'active') as is_kept
    from cells
    group by cell
),

own as (
    select cell, person, count(*) as n from cells group by cell, person
),

pairs as materialized (
    select a.cell as outer_cell, b.cell as inner_cell, a.person, count(*) as n
    from cells as a
    inner join cells as b on a.atom = b.atom and a.family <> b.family
    group by a.cell, b.cell, a.person
),

nested as (
    select p.outer_cell, p.inner_cell
    from pairs as p
    inner join names as b on p.inner_cell = b.cell
    group by p.outer_cell, p.inner_cell, b.n
    having sum(p.n) = b.n
),

filled as (
    select n.outer_cell, b.family, p.person, sum(p.n) as n
    from nested as n
    inner join pairs as p on n.outer_cell = p.outer_cell and n.inner_cell = p.inner_cell
    inner join names as b on n.inner_cell = b.cell
    group by all
),

rests as (
    select f.outer_cell, f.family
    from filled as f
    inner join own as o on f.outer_cell = o.cell and f.person = o.person
    inner join names as a on f.outer_cell = a.cell
    group by f.outer_cell, f.family, a.people
    having a.people - count(*) filter (where f.n = o.n) between 1 and $k - 1
),

met as (
    select distinct p.outer_cell as cover, p.inner_cell as cell, c.family
    from pairs as p
    inner join names as c on p.outer_cell = c.cell
),

covers as (
    select m.cell, m.family, o.person, sum(o.n) as n
    from met as m
    inner join own as o on m.cover = o.cell
    group by all
),

covered as (
    select p.inner_cell as cell, c.family, p.person, sum(p.n) as n
    from pairs as p
    inner join names as c on p.outer_cell = c.cell
    group by all
),

margins as (
    select c.cell, c.family
    from covers as c
    left join covered as i on c.cell = i.cell and c.family = i.family and c.person = i.person
    inner join names as b on c.cell = b.cell
    group by c.cell, c.family, b.n
    having sum(coalesce(i.n, 0)) = b.n and count(*) filter (where coalesce(i.n, 0) < c.n) between 1 and $k - 1
),

choices as (
    select r.outer_cell as one, arg_min(b.cell, (b.people, b.label)) as other
    from rests as r
    inner join nested as n on r.outer_cell = n.outer_cell
    inner join names as b on n.inner_cell = b.cell and r.family = b.family
    group by r.outer_cell, r.family
    union
    select arg_min(g.cell, (g.people, g.label)) as one, m.cell as other
    from margins as m
    inner join met as c on m.cell = c.cell and m.family = c.family
    inner join names as g on c.cover = g.cell
    group by m.cell, m.family
)

select distinct
    if((a.is_aside and not b.is_aside) or b.is_kept, a.family, b.family) as family,
    if((a.is_aside and not b.is_aside) or b.is_kept, a.label, b.label) as label
from choices as c
inner join names as a on c.one = a.cell
inner join names as b on c.other = b.cell
order by family, label

-- What can be computed from the cells of one universe by subtraction, where it is about 1 to $k - 1 protected people:
-- a cell minus all cells of a family inside it, and the cells of a family that cover a cell, minus this cell (with one
-- cell on each side: any cell minus another inside it). Gives for each the cell to suppress. Parameters: $universe, $k,
-- $aside. Grain: one row per family, label to suppress.
with cells as materialized (
    select dense_rank() over (order by family, label) as cell, family, label, atom, person
    from disclosure_current
    where universe = $universe and person is not null
),

names as (
    select
        cell, any_value(family) as family, any_value(label) as label, count(distinct person) as people, count(*) as n,
        -- one number beside a table rather than a row of one: is suppressed first
        list_contains($aside, split_part(any_value(family), ':', 1)) as is_aside,
        any_value(family) in ('total', 'total_visits', 'active') as is_kept
    from cells
    group by cell
),

own as (
    select cell, person, count(*) as n from cells group by cell, person
),

-- rows that two cells share
pairs as materialized (
    select a.cell as outer_cell, b.cell as inner_cell, count(*) as n
    from cells as a
    inner join cells as b on a.atom = b.atom and a.family <> b.family
    group by a.cell, b.cell
),

nested as (
    select p.outer_cell, p.inner_cell, b.family
    from pairs as p
    inner join names as b on p.inner_cell = b.cell
    where p.n = b.n
),

-- Who is left of a cell without the cells of a family inside it. People are counted only where the cell has fewer
-- than $k more people than those cells together; that spares 9 of 10.
rest_candidates as (
    select n.outer_cell, n.family
    from nested as n
    inner join names as a on n.outer_cell = a.cell
    inner join names as b on n.inner_cell = b.cell
    group by n.outer_cell, n.family, a.people
    having a.people - sum(b.people) < $k
),

filled as (
    select r.outer_cell, r.family, o.person, sum(o.n) as n
    from rest_candidates as r
    inner join nested as n on r.outer_cell = n.outer_cell and r.family = n.family
    inner join own as o on n.inner_cell = o.cell
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

-- Who is left of the cells of a family that cover a cell, without this cell. Likewise.
margin_candidates as (
    select p.inner_cell as cell, c.family
    from pairs as p
    inner join names as c on p.outer_cell = c.cell
    inner join names as b on p.inner_cell = b.cell
    group by p.inner_cell, c.family, b.n, b.people
    having sum(p.n) = b.n and max(c.people) - b.people < $k
),

met as (
    select m.cell, m.family, p.outer_cell as cover
    from margin_candidates as m
    inner join pairs as p on m.cell = p.inner_cell
    inner join names as c on p.outer_cell = c.cell and m.family = c.family
),

covers as (
    select m.cell, m.family, o.person, sum(o.n) as n
    from met as m
    inner join own as o on m.cover = o.cell
    group by all
),

margins as (
    select c.cell, c.family
    from covers as c
    left join own as i on c.cell = i.cell and c.person = i.person
    group by c.cell, c.family
    having count(*) filter (where coalesce(i.n, 0) < c.n) between 1 and $k - 1
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

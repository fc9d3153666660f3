-- Cells whose difference to a state that was shown is about 1 to k - 1 people: a cell against the last state in which
-- it was shown by itself, and all cells together with others, now or in the state before, as one. Parameters:
-- $k. Needs: difference_parts, difference_places, difference_before. Grain: one row per family, label.
with now as (
    select p.*, s.place
    from difference_parts as p
    inner join difference_places as s on p.family = s.family and p.label = s.label
),

alone as (
    select n.cell, any_value(n.family) as family, any_value(n.label) as label
    from now as n
    semi join difference_before as b on n.cell = b.cell and b.place in ('shown', 'older')
    where n.place = 'shown'
    group by n.cell
),

moved_alone as (
    select a.family, a.label, p.person
    from alone as a
    inner join (
        select cell, person, n, elapsed_seconds, engaged_seconds, 1 as sign from now
        union all
        select cell, person, -n, -elapsed_seconds, -engaged_seconds, -1
        from difference_before where place in ('shown', 'older')
    ) as p on a.cell = p.cell
    group by a.cell, a.family, a.label, p.person
    having sum(p.n) <> 0 or sum(p.elapsed_seconds) <> 0 or sum(p.engaged_seconds) <> 0
),

together as (
    select distinct n.family_key, n.cell
    from now as n
    where n.place = 'folded'
    union
    select b.family_key, b.cell from difference_before as b where b.place = 'folded'
),

-- both states must have published the family
families as (
    select n.family_key, any_value(n.family) as family
    from now as n
    semi join difference_before as b on n.family_key = b.family_key and b.place in ('shown', 'folded')
    where n.place <> 'none'
    group by n.family_key
),

moved_together as (
    select f.family, p.person
    from families as f
    inner join together as t on f.family_key = t.family_key
    inner join (
        select cell, person, n, elapsed_seconds, engaged_seconds from now
        union all
        select cell, person, -n, -elapsed_seconds, -engaged_seconds
        from difference_before where place in ('shown', 'folded')
    ) as p on t.cell = p.cell
    group by f.family_key, f.family, p.person
    having sum(p.n) <> 0 or sum(p.elapsed_seconds) <> 0 or sum(p.engaged_seconds) <> 0
)

select family, label from moved_alone group by family, label having count(distinct person) between 1 and $k - 1
union
select family, chr(30) || 'other'
from moved_together
group by family
having count(distinct person) between 1 and $k - 1
order by all

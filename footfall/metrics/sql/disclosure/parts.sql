-- The unknowns of the linear audit: rows of protected people that are in the same cells of the families of one group of
-- families. A reader knows how the families of a group divide each other (modules into items and searches, visits into
-- steps), and of different groups only that they divide the same total. Label '*': the family as a whole. Parameters:
-- $universes, $k. Grain: one row per group of families, set of cells.
with placed as (
    select
        atom,
        person,
        n,
        family,
        label,
        case
            when family = 'total' then ['modules', 'days', 'systems', 'guests']
            when family = 'day' then ['days']
            when family = 'os' then ['systems']
            when family in ('module', 'openings', 'term') or starts_with(family, 'content:') then ['modules']
            when family = 'visit_interactions' then ['edges']
            when family = 'who' and universe = 'events' then ['guests', 'edges']
            when family = 'activity_group' and universe = 'events' then ['guests']
            when family = 'total_visits' then ['visitors', 'lengths', 'first']
            when family = 'who' then ['visitors', 'median', 'p90']
            when family = 'activity_group' then ['visitors']
            when family = 'single' then ['lengths']
            when family in ('median', 'p90') then [family]
            when family in ('active', 'known') or starts_with(family, 'frequency:') then ['people']
            when starts_with(family, 'items:') then list_concat(
                ['lengths', replace(family, 'items:', 'step:')],
                if(
                    split_part(family, ':', 3) = '1',
                    ['first'],
                    [concat('step:', split_part(family, ':', 2), ':', split_part(family, ':', 3)::integer - 1)]
                )
            )
            when starts_with(family, 'links:') then [replace(family, 'links:', 'step:')]
            else []
        end as groups
    from disclosure_members
    where universe in (select unnest($universes)) and person is not null
),

cells as (
    select atom, person, n, unnest(groups) as family_group, family, label
    from placed
),

-- a step as a whole: what flows into it flows out of it, and its visits are those that are as long
with_wholes as (
    select * from cells where family_group <> 'lengths' or not starts_with(family, 'items:')
    union all
    select * replace ('*' as label) from cells where starts_with(family, 'items:')
    union all
    -- people by how much they add to the sum of active days, which the groups of activity show
    select * replace ('weight' as family) from cells where family = 'frequency:active_days'
),

atoms as (
    select
        family_group,
        atom,
        any_value(person) as person,
        any_value(n) as n,
        list(distinct struct_pack(family := family, label := label)) as cells
    from with_wholes
    group by family_group, atom
)

select
    family_group,
    list_sort(cells) as cells,
    sum(n)::bigint as n,
    case when count(distinct person) < $k then list(distinct person) end as people
from atoms
group by family_group, list_sort(cells)

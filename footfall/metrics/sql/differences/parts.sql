-- Each protected person's part of each cell before suppression, under keyed hashes, and how the cell is published now:
-- by itself (`shown`), in the cell of the others (`folded`), not at all (`none`). Seconds only where they are published
-- with the cell. Parameters: $key, $workspace. Needs: disclosure_members. Grain: one row per universe, family, label,
-- person.
select
    m.family,
    m.label,
    md5_number_lower(concat_ws(chr(31), $key::varchar, m.universe, m.family)) as family_key,
    md5_number_lower(concat_ws(chr(31), $key::varchar, m.universe, m.family, m.label)) as cell,
    md5_number_lower(concat_ws(chr(31), $key::varchar, $workspace::varchar, p.actor_id)) as person,
    sum(m.n)::bigint as n,
    coalesce(sum(v.elapsed_seconds), 0)::decimal(18, 3) as elapsed_seconds,
    coalesce(sum(v.engaged_seconds), 0)::decimal(18, 3) as engaged_seconds
from disclosure_members as m
inner join disclosure_people as p on m.actor_no = p.actor_no
left join scope_visits as v
    on m.universe = 'visits' and m.family in ('total_visits', 'who', 'activity_group') and m.atom = v.visit_no
where m.person is not null
group by all

-- The interactions behind the answers, equal ones of one person together, in each cell they are counted in. A cell has
-- a family (cells of one family share nothing) and a label. Parameters: $workspace, $is_full, $start, $end. Grain: one
-- row per family, atom.
with interactions as (
    select
        e.*,
        p.actor_no,
        p.person,
        v.is_guest,
        e.local_date between $start and $end as is_in_range,
        not v.is_guest and v.local_date between $start and $end as is_of_visits,
        -- of two views at the same instant one is the opening
        row_number() over (
            partition by e.visit_id, e.content_type, e.content_id, e.occurred_at, e.kind order by e.message_id
        ) as place
    from marts.fct_events as e
    inner join scope_visits as v on e.visit_id = v.visit_id
    inner join disclosure_people as p on v.actor_id = p.actor_id
    where e.workspace_id = $workspace and e.is_interaction
),

openings as (
    select v.visit_id, v.content_type, v.content_id, v.viewed_at
    from marts.fct_content_views as v
    semi join scope_content as c on v.content_type = c.content_type and v.content_id = c.content_id
    where v.workspace_id = $workspace
),

atoms as (
    select
        row_number() over () as atom,
        i.actor_no,
        i.person,
        i.is_in_range,
        i.is_of_visits,
        i.is_guest,
        i.local_date,
        coalesce(i.os, 'unknown') as os,
        if(i.module_kind = 'unmapped', chr(30) || 'unmapped', client_label(i.module)) as module,
        o.content_type,
        client_label(o.content_id) as content_id,
        case when h.term is null then client_label(s.term) else chr(30) || 'other' end as term,
        count(*) as n
    from interactions as i
    left join openings as o
        on
            i.kind = 'view' and i.place = 1 and i.visit_id = o.visit_id and i.occurred_at = o.viewed_at
            and i.content_type = o.content_type and i.content_id = o.content_id
    left join marts.fct_searches as s on i.workspace_id = s.workspace_id and i.message_id = s.message_id
    left join hidden_terms as h on s.workspace_id = h.workspace_id and s.term = h.term
    where i.is_in_range or i.is_of_visits
    group by all
),

cells as (
    select 'visit_interactions' as family, 'all' as label, atom from atoms where is_of_visits
    union all
    select unnest(['total', 'who', 'day', 'os', 'module']) as family,
        unnest(['all', if(is_guest, 'guest', 'user'), local_date::varchar, os, module]) as label, atom
    from atoms where is_in_range
    union all
    select 'openings', 'all', atom from atoms where is_in_range and content_type is not null
    union all
    select 'content:' || content_type, content_id, atom
    from atoms where is_in_range and content_type is not null and not ($is_full and content_type = 'user')
    union all
    select 'term', term, atom from atoms where is_in_range and term is not null
    union all
    select 'activity_group', b.activity_group, a.atom
    from atoms as a inner join disclosure_activity_groups as b on a.actor_no = b.actor_no where a.is_in_range
)

select 'events' as universe, c.family, c.label, c.atom, a.actor_no, a.person, a.n
from cells as c
inner join atoms as a on c.atom = a.atom

-- What each person adds to the answers about a protected workspace, without ids of lines, visits and devices: the same
-- facts read again from another file are the same contribution. Needs: shown_ranges. `counted`: by what a person is
-- active. Grain: one row per workspace, actor, fact.
with visits as (
    select
        v.*,
        v.user_id is null as is_of_guest,
        v.local_date between r.first_date and r.last_date as is_in_range,
        r.first_date,
        r.last_date
    from marts.fct_visits as v
    inner join shown_ranges as r on v.workspace_id = r.workspace_id
    left join marts.dim_participants as p
        on v.workspace_id = p.workspace_id and v.user_id = p.user_id and p.is_targeted
    where v.is_counted and (p.user_id is not null or (v.user_id is null and r.counts_guests))
),

facts as (
    select
        workspace_id, actor_id, is_of_guest, 'visits' as counted,
        concat_ws(chr(31), 'visit', local_date, interactions, elapsed_seconds, engaged_seconds, is_single_event) as fact
    from visits
    where is_in_range
    union all
    select
        v.workspace_id, v.actor_id, v.is_of_guest,
        case when e.local_date between v.first_date and v.last_date then 'interactions' end,
        concat_ws(
            chr(31), 'event', e.local_date, e.kind, coalesce(e.os, ''), e.module, coalesce(e.content_type, ''),
            coalesce(e.content_id, '')
        )
    from marts.fct_events as e
    inner join visits as v on e.workspace_id = v.workspace_id and e.visit_id = v.visit_id
    where
        e.kind in ('interaction', 'view')
        and (v.is_in_range or e.local_date between v.first_date and v.last_date)
    union all
    select
        v.workspace_id, v.actor_id, v.is_of_guest, 'openings',
        concat_ws(chr(31), 'opening', o.local_date, o.content_type, o.content_id)
    from marts.fct_content_views as o
    inner join visits as v on o.workspace_id = v.workspace_id and o.visit_id = v.visit_id
    where v.is_in_range or o.local_date between v.first_date and v.last_date
    union all
    select
        v.workspace_id, v.actor_id, v.is_of_guest, 'searches', concat_ws(chr(31), 'search', s.local_date, s.term)
    from marts.fct_searches as s
    inner join visits as v on s.workspace_id = v.workspace_id and s.visit_id = v.visit_id
    where v.is_in_range or s.local_date between v.first_date and v.last_date
    union all
    select
        v.workspace_id, v.actor_id, v.is_of_guest, 'steps',
        concat_ws(chr(31), 'step', s.level, s.step, s.item, s.next_kind, coalesce(s.next_item, ''))
    from marts.fct_path_steps as s
    inner join visits as v on s.workspace_id = v.workspace_id and s.visit_id = v.visit_id
    where v.is_in_range
    union all
    -- names decide which searches are shown; whether somebody counts is published as a number
    select
        p.workspace_id, p.user_id, false, null,
        concat_ws(
            chr(31), 'participant', p.first_name is null, coalesce(p.first_name, ''), p.last_name is null,
            coalesce(p.last_name, ''), coalesce(p.email, '')
        )
    from marts.dim_participants as p
    inner join shown_ranges as r on p.workspace_id = r.workspace_id
    where p.is_targeted
)

select workspace_id, actor_id, is_of_guest, counted, fact, count(*) as n
from facts
group by all

-- The visits behind the answers, in each cell they are counted in; paths are about visits as well. Quantiles say how
-- many visits are on either side. Parameters: $workspace, $is_full, $start, $end. Grain: one row per family, visit.
with visits as (
    select v.*, p.actor_no, p.person
    from scope_visits as v
    inner join disclosure_people as p on v.actor_id = p.actor_id
    where v.local_date between $start and $end
),

quantiles as (
    select quantile_cont(elapsed_seconds::double, [0.5, 0.9]) as elapsed from visits where not is_guest
),

-- The profiles of protected people are one item. Markers begin with a character that labels from clients escape.
steps as (
    select
        s.visit_id,
        s.level,
        s.step,
        case when s.is_unmapped then chr(30) || 'unmapped'
            when h.user_id is null and not ($is_full and starts_with(s.item, 'user:')) then client_label(s.item)
            else 'user:(anonymized)' end as item,
        case when s.is_next_unmapped then chr(30) || 'unmapped'
            when s.next_kind <> 'item' then chr(30) || s.next_kind
            when g.user_id is null and not ($is_full and starts_with(s.next_item, 'user:'))
                then client_label(s.next_item)
            else 'user:(anonymized)' end as next_item
    from marts.fct_path_steps as s
    left join hidden_users as h on s.workspace_id = h.workspace_id and s.item = 'user:' || h.user_id
    left join hidden_users as g on s.workspace_id = g.workspace_id and s.next_item = 'user:' || g.user_id
    where s.workspace_id = $workspace
),

cells as (
    select unnest(['total_visits', 'who']) as family, unnest(['all', if(is_guest, 'guest', 'user')]) as label, visit_id
    from visits
    union all
    select unnest(['single', 'median', 'p90']) as family,
        unnest([
            if(is_single_event, 'single', 'several'), if(elapsed_seconds <= elapsed[1], 'low', 'high'),
            if(elapsed_seconds <= elapsed[2], 'low', 'high')
        ]) as label, visit_id
    from visits cross join quantiles where not is_guest
    union all
    select 'activity_group', b.activity_group, v.visit_id
    from visits as v inner join disclosure_activity_groups as b on v.actor_no = b.actor_no
    union all
    select unnest([concat('items:', level, ':', step), concat('links:', level, ':', step)]) as family,
        unnest([item, item || chr(31) || next_item]) as label, visit_id
    from steps
)

select 'visits' as universe, c.family, c.label, v.visit_no as atom, v.actor_no, v.person, 1 as n
from cells as c
inner join visits as v on c.visit_id = v.visit_id

with present as (
    select p.user_no
    from scope_meeting_people as p
    semi join filtered_meetings as m on p.meeting_id = m.meeting_id
    where p.attended and ($user::integer is null or p.user_no = $user)
    union
    select user_no
    from filtered_actions
    where action = 'check_in' and user_no is not null
),

-- two steps: nobody is left after the first one, as a rule, and then visits of all days are not read
untracked_then as (
    select p.user_no
    from present as p
    anti join scope_visits as v on p.user_no = v.user_no
),

untracked as (
    select p.user_no
    from scope_people as p
    semi join untracked_then as u on p.user_no = u.user_no
    anti join scope_visited as v on p.user_id = v.user_id
),

views as (
    select
        count(*) as views,
        count(*) filter (where seconds_viewed is null) as unknown
    from filtered_openings
),

-- Materialized: eight single rows joined in one go have 10 ms of join orders to choose from.
counted as materialized (
    select
        (select count(*) from filtered_people) as participants,
        (select count(*) from filtered_visits) as visits,
        (select count(*) from present) as present_people,
        (select count(*) from untracked) as present_untracked
)

select
    w.workspace_id,
    w.name as workspace_name,
    w.timezone,
    $start::date as range_start,
    $end::date as range_end,
    l.first_date,
    l.last_date,
    o.data_as_of,
    w.anonymization,
    nullif(array_to_string(w.target_groups, ', '), '') as target_groups,
    c.participants,
    c.visits,
    v.views as content_views,
    v.unknown / nullif(v.views, 0) as unknown_seconds_share,
    o.loaded_lines,
    o.late_lines,
    o.late_lines / nullif(o.loaded_lines, 0) as late_share,
    o.no_consent_lines,
    c.present_people,
    c.present_untracked
from scope_workspace as w
cross join scope_limits as l
cross join scope_loads as o
cross join views as v
cross join counted as c

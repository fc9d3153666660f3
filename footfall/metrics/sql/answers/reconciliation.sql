-- Totals that must agree although they come from different tables. Positions up to 9 are about the whole installation.
with usage as (
    select coalesce(sum(interactions), 0) as interactions from filtered_usage
),

visits as (
    select count(*) as visits from filtered_visits
),

daily as (
    select coalesce(sum(interactions), 0) as interactions, coalesce(sum(visits), 0) as visits
    from scope_daily
    where local_date between $start and $end and ($user::integer is null or user_no = $user)
),

features as (
    select coalesce(sum(interactions), 0) as interactions
    from scope_features
    where local_date between $start and $end and ($user::integer is null or user_no = $user)
),

paths as (
    select
        levels.level,
        count(*) filter (where s.step = 1) as first_steps,
        count(*) filter (where s.is_end) as ends,
        count(*) filter (where s.step > 1) as arrivals,
        count(*) filter (where not s.is_end) as departures
    from (values ('module'), ('content')) as levels (level)
    left join filtered_steps as s on levels.level = s.level
    group by levels.level
),

claims as (
    select
        1 as position, 'Installation' as about, 'Every line read is accounted for' as claim,
        'Lines in' as left_name, lines_in as left_value,
        'Loaded, duplicates, quarantined, without consent, erased' as right_name, accounted as right_value
    from scope_ledger
    union all
    select 2, 'Installation', 'Every line loaded is an event', 'Event lines loaded', events_loaded,
        'Events, and events of people outside the target groups', events
    from scope_ledger
    where events is not null
    union all
    select
        11, 'Interactions', 'By functionality they add up to the total', 'Total interactions', u.interactions,
        'Sum by functionality', f.interactions
    from usage as u cross join features as f
    union all
    select
        12, 'Interactions', 'By person and day they add up to the total', 'Total interactions', u.interactions,
        'Sum by person and day', d.interactions
    from usage as u cross join daily as d
    union all
    select
        13, 'Interactions', 'By operating system they add up to the total', 'Total interactions', u.interactions,
        'Sum by operating system',
        (select coalesce(sum(o.interactions), 0) from scope_by_os as o where o.local_date between $start and $end)
    from usage as u
    where $user::integer is null
    union all
    select
        21, 'Visits', 'By person and day they add up to the total', 'Visits', v.visits,
        'Sum by person and day', d.visits
    from visits as v cross join daily as d
    union all
    select
        22, 'Paths', 'Each visit has a first step (' || p.level || ')', 'Visits', v.visits,
        'Visits at step 1', p.first_steps
    from visits as v cross join paths as p
    union all
    select
        23, 'Paths', 'Each visit leaves once (' || p.level || ')', 'Visits', v.visits,
        'Visits that exit or continue after step 10', p.ends
    from visits as v cross join paths as p
    union all
    select
        24, 'Paths', 'What flows into a step flows out of the step before (' || p.level || ')',
        'Visits into steps 2 to 10', p.arrivals, 'Visits out of steps 1 to 9 to a next item', p.departures
    from paths as p
)

select
    row_number() over (order by position, claim) as position,
    about,
    claim,
    left_name,
    left_value,
    right_name,
    right_value,
    left_value = right_value as is_ok
from claims

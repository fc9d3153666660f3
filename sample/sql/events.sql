-- What happened on one local day ($d): visits -> steps -> events, as slim rows (text is made when a file is written).

insert into events
with day_visits as (
    select visits.*, workspaces.has_abstracts
    from visits inner join workspaces using (w)
    where visits.d = $d
),
numbered as (
    select day_visits.*, unnest(range(steps)) as s from day_visits
),
drawn as (
    select numbered.*, hash(visit, 100 + s) as step,
        is_first_on_device or signs_in_again as has_sign_in,
        totals.total
    from numbered
    inner join slot_totals as totals using (phase, has_abstracts)
),
kinds as (
    select drawn.*,
        case when hash(config.seed, 77) = visit then 'foyer_screen'
            when is_resumed_tab then 'tab_resumed'
            when has_sign_in and s = 0 then 'welcome'
            when has_sign_in and s = 1 and user_id is not null then 'sign_in'
            when s = 0 then 'home'
            else slots.kind end as kind
    from drawn
    inner join slots on slots.phase = drawn.phase and slots.has_abstracts = drawn.has_abstracts and slots.slot = hash(drawn.step, 1) % drawn.total
    cross join config
    where not (is_resumed_tab and s > 0)
),
timed as (
    select kinds.*, step_kinds.least_ms + (step_kinds.span_ms * draw * draw // 1000000) as lasts_ms
    from (select *, (hash(step, 2) % 1000)::bigint as draw from kinds) as kinds
    inner join step_kinds using (kind)
),
placed as (
    select timed.*,
        coalesce(sum(lasts_ms + 500) over (partition by visit order by s rows between unbounded preceding and 1 preceding), 0)::bigint as offset_ms
    from timed
),
-- heartbeats every 30 s (the screen in the foyer: every 10 minutes); anything else once
acted as (
    select placed.*, actions.action, actions.event, actions.is_heartbeat,
        hash(step, 1000 + actions.action) as act,
        offset_ms + lasts_ms * actions.permille // 1000 as at_ms,
        unnest(range(if(actions.is_heartbeat, lasts_ms // if(kind = 'foyer_screen', 600000, 30000), 1))) as beat
    from placed
    inner join actions using (kind)
    where hash(hash(placed.step, 1000 + actions.action), 1) % 1000 < actions.chance
        and not (actions.is_app_only and placed.os = 'web')
),
occurred as (
    select acted.*, hash(act, 10 + beat) as row_draw,
        started_at + to_milliseconds(
            at_ms + if(is_heartbeat, (beat + 1) * if(kind = 'foyer_screen', 600000, 30000), 0) + (hash(act, 2, beat) % 400)::bigint
        ) as occurred_at
    from acted
),
sent as (
    select occurred.*,
        greatest(occurred_at, started_at + to_milliseconds(offline_ms))
            + to_milliseconds(20 + (hash(row_draw, 1) % if(os = 'web', 1500, 9000))::bigint) as sent_at
    from occurred
)
select
    w, device, row_draw as id, 0 as copy,
    if(user_id is null or (has_sign_in and s = 0), null, user_id) as user_id,
    p, event, kind in ('own_profile') as is_own, (hash(if(event = 'Search Performed', act, step), 3) % 1000)::integer as item_draw,
    -- Android measures how long a screen was open
    if(os = 'android' and not is_heartbeat and beat = 0, lasts_ms * (1000 - 150) // 1000, null) as duration_ms,
    null::varchar as meeting_id,
    occurred_at, sent_at,
    sent_at + to_milliseconds(40 + (hash(row_draw, 2) % 900)::bigint + if(hash(row_draw, 3) % 100 = 0, 240000, 0)) as received_at,
    null::timestamp as arrived_at, null::varchar as fault, null::varchar as outcome, null::varchar as reason
from sent;

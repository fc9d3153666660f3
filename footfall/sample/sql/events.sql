-- What happened on one local day ($d): visits -> steps -> events, as slim rows (text is made when a file is written).

insert into events
with steps as (
    select
        visits.*,
        workspaces.has_abstracts,
        is_first_on_device or signs_in_again as has_sign_in,
        unnest(range(steps)) as s
    from visits
    inner join workspaces using (w)
    where visits.d = $d
),

drawn as (
    select steps.*, hash(visit, 100 + s) as step from steps where not (is_resumed_tab and s > 0)
),

kinds as (
    select
        drawn.*,
        case
            when hash(config.seed, 77) = visit then 'foyer_screen'
            when is_resumed_tab then 'tab_resumed'
            when has_sign_in and s = 0 then 'welcome'
            when has_sign_in and s = 1 and user_id is not null then 'sign_in'
            when s = 0 then 'home'
            else slots.kind
        end as kind
    from drawn
    inner join slots
        on slots.phase = drawn.phase and slots.has_abstracts = drawn.has_abstracts
        and slots.slot = hash(drawn.step, 1) % 1000
    cross join config
),

timed as (
    select
        kinds.*,
        -- squared: short is likelier
        least_ms + span_ms * (hash(step, 2) % 1000)::bigint * (hash(step, 2) % 1000)::bigint // 1000000 as lasts_ms
    from kinds
    inner join step_kinds using (kind)
),

placed as (
    select
        timed.*,
        coalesce(sum(lasts_ms + 500) over (
            partition by visit order by s rows between unbounded preceding and 1 preceding
        ), 0)::bigint as offset_ms
    from timed
),

-- heartbeats come every 30 s (the screen in the foyer: every 10 minutes), anything else once
acted as (
    select
        placed.*,
        actions.event,
        actions.is_heartbeat,
        hash(step, 1000 + actions.action) as act,
        offset_ms + lasts_ms * actions.permille // 1000 as at_ms,
        if(kind = 'foyer_screen', 600000, 30000) as beat_ms,
        unnest(range(if(actions.is_heartbeat, lasts_ms // beat_ms, 1))) as beat
    from placed
    inner join actions using (kind)
    where
        hash(hash(placed.step, 1000 + actions.action), 1) % 1000 < actions.chance
        and not (actions.is_app_only and placed.os = 'web')
),

occurred as (
    select
        acted.*,
        hash(act, 10 + beat) as id,
        started_at + to_milliseconds(
            at_ms + if(is_heartbeat, (beat + 1) * beat_ms, 0) + (hash(act, 2, beat) % 400)::bigint
        ) as occurred_at
    from acted
),

sent as (
    select
        occurred.*,
        greatest(occurred_at, started_at + to_milliseconds(offline_ms))
            + to_milliseconds(20 + (hash(id, 1) % if(os = 'web', 1500, 9000))::bigint) as sent_at
    from occurred
)

select
    w, device, id, 0 as copy, if(has_sign_in and s = 0, null, user_id) as user_id, event,
    kind = 'own_profile' as is_own,
    (hash(if(event = 'Search Performed', act, step), 3) % 1000)::integer as item_draw,
    -- Android measures how long a screen was open
    if(os = 'android' and not is_heartbeat, lasts_ms * 850 // 1000, null) as duration_ms,
    null as meeting_id, occurred_at, sent_at,
    sent_at + to_milliseconds(40 + (hash(id, 2) % 900)::bigint + if(hash(id, 3) % 100 = 0, 240000, 0)) as received_at,
    null as arrived_at, null as fault, null as outcome, null as reason
from sent;

-- Time spent with live streams: from the opening for the seconds known, 24 h at most (a visit is no longer); an opening
-- of unknown length is a moment. Grain: one row per view.
select
    v.content_id,
    v.actor_id,
    v.seconds_viewed,
    v.viewed_at as from_at,
    v.viewed_at + to_microseconds(
        (greatest(least(coalesce(v.seconds_viewed, 0), 86400), 0) * 1000000)::bigint
    ) as to_at
from asked_views as v
where v.content_type = 'live_stream'

-- People, guests included, who watched a live stream: at all (0), before its start (1), live (2), on demand (3); four
-- keys an item. A time of unknown length is a moment.
with phases as (
    select
        *,
        from_us < starts_us as is_waiting,
        from_us < ends_us and (to_us > starts_us or from_us >= starts_us) as is_live,
        to_us > ends_us or from_us >= ends_us as is_on_demand
    from report_watched
)

select
    p.item * 4 + k.phase as key,
    p.actor_no as who,
    p.day
from phases as p
cross join (values (0), (1), (2), (3)) as k (phase)
where k.phase = 0 or (p.has_schedule and [p.is_waiting, p.is_live, p.is_on_demand][k.phase])

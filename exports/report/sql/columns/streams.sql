-- Views of live streams, from which audiences are computed; milliseconds plus one, so that 0 means unknown.
-- Grain: one row per view.
select
    s.actor,
    s.day,
    s.item,
    s.opened,
    coalesce(s.ms + 1, 0) as ms
from report_views as s
where s.is_stream
order by s.actor, s.opened, s.item, ms

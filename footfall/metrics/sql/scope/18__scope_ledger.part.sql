-- The whole installation's account of lines; entities' lines are loaded too, but are no events. Grain: one row.
select
    coalesce(sum(l.lines_in), 0)::bigint as lines_in,
    coalesce(sum(l.loaded + l.duplicates + l.quarantined + l.no_consent + l.erased), 0)::bigint as accounted,
    coalesce(
        sum(l.loaded) filter (
            where l.source not in ('workspaces', 'participants', 'content', 'meetings', 'meeting_participants')
        ), 0
    )::bigint as events_loaded,
    -- the events of protected workspaces are not in the published table, so there is nothing to hold the lines against
    case
        when not exists (select 1 from marts.dim_workspaces as d where d.anonymization <> 'none')
            then
                (select count(*) from marts.fct_events)
                + (select coalesce(sum(d.events_left_out), 0)::bigint from marts.dim_workspaces as d)
    end as events
from ops.load_ledger as l

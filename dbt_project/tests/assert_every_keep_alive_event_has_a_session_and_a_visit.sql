-- Every event is of a known kind; keep-alive kinds belong to a session and a visit, the other kinds to none
-- (definitions, Event time, order, kinds).
select workspace_id, message_id, kind, session_id, visit_id
from {{ ref('fct_events') }}
where
    {{ within_changed_dates('local_date') }}
    and (
        kind not in ({{ event_kinds() }})
        or is_keep_alive <> (kind in ({{ event_kinds('is_keep_alive') }}))
        or is_interaction <> (kind in ({{ event_kinds('is_interaction') }}))
        or is_keep_alive <> (session_id is not null)
        or (session_id is null) <> (visit_id is null)
    )

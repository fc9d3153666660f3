"""Which person signed-out events belong to, by the sessions of the last build."""

#: SQL of the signed-out events that belong to somebody by their session (definitions, Sessions and visits), on any
#: device. To format with ``rows``, a relation of lake rows. Reads tables ``requested`` and ``own_devices``, and what
#: `Engine.attach_sessions` attaches as ``built``.
SIGNED_OUT_BY_SESSION = """
select distinct events.workspace_id, events.message_id
from built.intermediate.int_events as events
inner join built.intermediate.int_sessions as sessions on events.session_id = sessions.session_id
inner join requested on sessions.workspace_id = requested.workspace_id and sessions.user_id = requested.id
where (events.workspace_id, events.message_id) in (select (workspace_id, message_id) from {rows} where user_id is null
    and (workspace_id, device_id) not in (select (workspace_id, id) from own_devices))
order by all
"""

{{ newest_version('meeting_participants', ['workspace_id', 'meeting_id', 'user_id']) }}

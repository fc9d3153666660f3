{{ newest_version('participants', ['workspace_id', 'user_id']) }}

{{ newest_version('content', ['workspace_id', 'content_type', 'content_id']) }}

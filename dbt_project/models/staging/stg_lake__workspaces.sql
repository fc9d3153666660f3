{{ newest_version('workspaces', ['workspace_id']) }}

"""Whether the person of a line consented to analytics, and the workspaces whose browsers need a clear yes."""

"""What every stage shares: the home, settings, the lock, DuckDB, file modes, safe names, errors."""

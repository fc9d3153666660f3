"""Dagster's pages: the guard in front of the web server, the server itself, and what `footfall ui` starts."""

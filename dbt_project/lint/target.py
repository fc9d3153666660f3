"""What sqlfluff sees as `target` while it renders models."""

name = "duckdb"
schema = "main"

"""The commit log, and the Parquet files of a commit."""

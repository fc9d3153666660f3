"""Files to records: gzip, text, CSV and Parquet, each record with its exact text and line number."""

"""The tables of a folder, in every form: columns, rows, names, CSV and Parquet."""

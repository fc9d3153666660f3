"""The lake to marts, by dbt."""

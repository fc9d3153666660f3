"""Building on Spark with tables of Iceberg. Nothing of Spark is imported before a session is opened."""

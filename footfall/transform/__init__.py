"""Running dbt, and the sources and state that it reads. The only code that knows the `int_` tables."""

"""From the finished marts to a complete published version of the tables, swapped in at one instant."""

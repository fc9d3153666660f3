"""From the finished marts to what people open: a complete version of the tables, swapped in at one instant."""

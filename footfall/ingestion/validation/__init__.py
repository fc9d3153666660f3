"""Records to typed rows: mappings, the Segment envelope, entity columns, and what rejects a line."""

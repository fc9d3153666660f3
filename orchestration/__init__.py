"""What runs when: the Dagster code location, and the one job behind `footfall run`. Thin; the stages do the work."""

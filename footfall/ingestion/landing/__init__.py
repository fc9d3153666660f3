"""Which files are in the landing zone, and which of them are new."""

"""What is left out of the lake: events without consent, and people who were erased."""

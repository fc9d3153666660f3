"""What is kept out: events without consent, and people who were erased."""

"""Landing files without the people who were erased."""

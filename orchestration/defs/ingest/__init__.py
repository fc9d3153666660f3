"""Landing files to the lake."""

"""Landing erasure: removing erased people from landing files."""

"""What became of every line of every file."""

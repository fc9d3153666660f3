"""What is published to files."""

"""Graphs as files: the specifications, and their rendering without a browser or a network."""

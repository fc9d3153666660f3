"""Removing people everywhere, and proving it: their data, the lake without it, what is rebuilt, the receipt."""

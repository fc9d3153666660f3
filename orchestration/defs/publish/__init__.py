"""Marts to what readers see."""

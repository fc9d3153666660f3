"""Conditions of a home that need somebody, and who hears about them (docs/alerts.md)."""

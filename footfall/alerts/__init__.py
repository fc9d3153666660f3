"""Conditions of a home that need somebody, and who gets a message (docs/alerts.md)."""

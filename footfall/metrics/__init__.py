"""Answers over the published tables: one workspace, a range of local dates, optionally one user or one item."""

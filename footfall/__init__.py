"""Footfall: an analytics warehouse for event apps. This package is the command and the little that all stages share."""

__version__ = "0.1.0"

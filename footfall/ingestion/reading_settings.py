"""The settings that decide how landing files are read: when they change, rejected lines may become valid."""

import hashlib

from footfall.core.settings import Settings

#: Sections of the settings that do not matter for reading.
_OTHERS = {"duckdb", "checks", "publishing", "schedule", "exports", "retention", "access", "privacy"}


def reading_settings(settings: Settings) -> str:
    """Sixteen hex digits that change with any setting that decides how a line is read or validated."""
    return hashlib.sha256(settings.model_dump_json(exclude=_OTHERS).encode()).hexdigest()[:16]

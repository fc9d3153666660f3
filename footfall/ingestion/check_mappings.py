"""Whether the mappings of the settings can be used, found out without a file: `footfall doctor` asks."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.ingestion.database import open_loader
from footfall.ingestion.entity_columns import ENTITIES
from footfall.ingestion.validation.mapping import TARGETS, check_targets, columns_named


def find_bad_mappings(settings: Settings) -> list[SettingsError]:
    """The first problem of each source: a target that the contract does not have, or an expression that is none."""
    sources: list[tuple[str, Mapping[str, str] | None, Mapping[str, Any]]] = [
        (source.name, source.mapping, TARGETS) for source in settings.sources.events
    ]
    for entity in settings.sources.entities:
        columns: dict[str, Any] = {"workspace_id": "key", **ENTITIES.get(entity.name, {})}
        sources.append((entity.name, entity.mapping, columns))
    problems = []
    with tempfile.TemporaryDirectory() as folder, open_loader(Home(Path(folder)), settings) as con:
        for name, mapping, targets in sources:
            if mapping is None:
                continue
            try:
                check_targets(name, mapping, targets)
                columns_named(con, name, mapping)
            except SettingsError as error:
                problems.append(error)
    return problems

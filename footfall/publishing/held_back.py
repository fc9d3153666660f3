"""Workspaces whose new data is not good enough for stakeholders: their exports stay as they were."""

from collections.abc import Sequence
from dataclasses import dataclass

from footfall.ingestion.ledger.ledger import Lake

#: Rejected settings of a workspace do not hold it back: the strictest reading of them is used instead.
_SETTINGS = "workspaces"


@dataclass(frozen=True)
class HeldBack:
    """A load that holds a workspace back.

    Args:
        workspace_id: the workspace.
        load_date: ISO date of the load.
        source: ``events`` or an entity.
        lines, rejected: lines of the load that name the workspace, and those of them that were rejected.
    """

    workspace_id: str
    load_date: str
    source: str
    lines: int
    rejected: int

    @property
    def share(self) -> float:
        return self.rejected / self.lines


def held_back(lake: Lake, max_share: float) -> list[HeldBack]:
    """Every load whose share of rejected lines is above ``max_share`` for a workspace, in order of workspace and date.

    A workspace without any accepted line is not in it: nothing of it is published. It depends on what is loaded and on
    ``max_share`` only, so a workspace is free again once the file is repaired or removed, the mapping changed, or the
    bound raised.
    """
    known = {row["workspace_id"] for row in lake.by_source if row["lines"] > row["rejected"]} - {None}
    found = (HeldBack(**row) for row in lake.by_source if row["workspace_id"] in known and row["source"] != _SETTINGS)
    return sorted(
        (one for one in found if one.share > max_share), key=lambda one: (one.workspace_id, one.load_date, one.source)
    )


def as_published(found: Sequence[HeldBack]) -> list[dict[str, str]]:
    """The list ``held_back`` of ``current.json``. No counts: in a protected workspace they may be about few people."""
    return [{"workspace_id": one.workspace_id, "load_date": one.load_date, "source": one.source} for one in found]

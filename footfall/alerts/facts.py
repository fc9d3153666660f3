"""What conditions look at: the state of a home, read once. A part that cannot be read is None."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from footfall.core import lock
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import read_json
from footfall.ingestion.ledger.ledger import Lake, read_lake
from footfall.observability.attempts import End, read_end
from footfall.publishing.history import read_runs

#: What reading state raises that was damaged, also to another form than Footfall writes.
UNREADABLE = (FootfallError, OSError, KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True)
class Facts:
    """The state of a home.

    Attributes:
        now: UTC.
        lake: the folded commit log; None where it cannot be read.
        runs: records of runs, oldest first.
        current: ``published/current.json``; empty where nothing is published.
        end: how the last run or start ended, also one that left no record; None where this is not known.
        holder: who works on the home or was killed doing so.
        last_work: when a run last began or ended; None where none ever did.
        free_bytes: of the disk.
        is_lost: whether files are damaged that cannot be made again; None: not known, as a run works on them.
        finished_at: when a run last reached its end; None where the last one did not, or none ever ran.
        failed_exports: paths below ``exports/`` that the last finished run could not make.
    """

    home: Home
    settings: Settings
    now: datetime
    lake: Lake | None
    runs: Sequence[Mapping[str, Any]]
    current: Mapping[str, Any]
    end: End | None
    holder: lock.Holder | None
    last_work: datetime | None
    free_bytes: int
    is_lost: bool | None = None
    finished_at: datetime | None = None
    failed_exports: Sequence[str] = ()

    @property
    def is_at_work(self) -> bool:
        """Whether a run works on the home now, so that its state is between two versions."""
        return self.holder is not None and self.holder.is_alive


def read_facts(
    home: Home, settings: Settings, now: datetime | None = None, *, is_lost: bool | None = None,
    finished_at: datetime | None = None, failed_exports: Sequence[str] = (),
) -> Facts:
    """Read the state of a home.

    Args:
        now: default: the clock.
        is_lost, finished_at, failed_exports: as ``Facts`` has them; the folders above know.
    """
    try:
        lake = read_lake(home)
    except UNREADABLE:
        lake = None
    try:
        runs = read_runs(home)
    except UNREADABLE:
        runs = []
    return Facts(
        home, settings, now or datetime.now(UTC), lake, runs, read_json(home.current) or {},
        read_end(home), lock.holder(home), _last_work(home), shutil.disk_usage(home.root).free, is_lost,
        finished_at, failed_exports,
    )


def _last_work(home: Home) -> datetime | None:
    """The lock file is written when a run begins and when it ends."""
    try:
        return datetime.fromtimestamp(home.lock_file.stat().st_mtime, UTC)
    except OSError:
        return None

"""`<home>/dagster/dagster.yaml`: how Dagster keeps its runs, and how it starts them."""

import hashlib
import os
import time
from pathlib import Path

from footfall.core.errors import SettingsError
from footfall.core.home import Home

_INSTANCE = """\
# Written by Footfall. Runs and events are in SQLite files in this folder. A file that you change stays as it is.
telemetry:
  enabled: false
# What a run reports is in its event log. Capturing standard output as well costs two processes a step: 33 s instead of
# 23 s for 390 events (measured). Dagster documents this class under this module and has no shorter public name for it.
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
# One writer a home: all steps are in one pool, and a run waits until no other run of the pool is at work.
concurrency:
  pools:
    default_limit: 1
    granularity: run
# A run that does not start is marked as failed.
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
  cancel_timeout_seconds: 60
# A run whose process was killed starts once more. Steps try again by themselves what may pass (schedule.retries).
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
"""
#: SHA-256 of what earlier versions wrote: such a file is replaced.
_EARLIER = frozenset({
    "56be2ab091c6ca2442ad6a8115ea411dac927595ea6ce28444289b5ffaac0cd3",
    "1b85682a95dd05c125a26af3358f94aea4da8e9ee72a7307e402f43efb540a8f",
})
_STORAGE = """\
# Dagster reads some characters of a path as parts of an address or a pattern, so it finds this folder by a link.
storage:
  sqlite:
    base_dir: "{link}"
"""


def write_instance_file(home: Home) -> Path:
    """Write `<home>/dagster/dagster.yaml`, unless somebody has changed it. What is no settings at all is set aside.

    Raises:
        SettingsError: Dagster cannot use the path of the home, and no link to it can be made.
    """
    path = home.dagster / "dagster.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = instance_folder(home)
    wanted = _INSTANCE + (_STORAGE.format(link=folder) if folder != home.dagster else "")
    found = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None
    if os.path.lexists(path) and not (found or "").startswith(_INSTANCE) and not _has_settings(found):
        path.replace(path.with_name(f"{path.name}.damaged-{time.time_ns()}"))
        found = None
    is_ours = found is None or found.startswith(_INSTANCE) or hashlib.sha256(found.encode()).hexdigest() in _EARLIER
    if is_ours and found != wanted:
        aside = path.with_name(".dagster.yaml.tmp")
        aside.write_text(wanted, encoding="utf-8")
        aside.replace(path)
    return path


def _has_settings(text: str | None) -> bool:
    """Whether a text is a mapping in YAML, as Dagster needs it."""
    import yaml

    try:
        return text is not None and isinstance(yaml.safe_load(text), dict)
    except (ValueError, RecursionError, yaml.YAMLError):
        return False


def instance_folder(home: Home) -> Path:
    """What `DAGSTER_HOME` must be: `<home>/dagster`, or a link to it where Dagster would look elsewhere.

    Raises:
        SettingsError: such a link cannot be made.
    """
    return _link(home.dagster) if _is_odd(home.dagster) else home.dagster


def _is_odd(folder: Path) -> bool:
    """Whether Dagster would look elsewhere: it takes the path as an address (%) and as a pattern (* [)."""
    return any(character in str(folder) for character in '%*[]"')


def _link(folder: Path) -> Path:
    """A link to the folder, with a path that Dagster can use."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    link = cache / "footfall" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    try:
        if _is_odd(link):
            raise OSError("this path has such characters too")
        link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not link.is_symlink() or link.readlink() != folder:
            aside = link.with_name(f".{link.name}.{os.getpid()}")
            aside.symlink_to(folder)
            aside.replace(link)
    except (OSError, RuntimeError) as error:
        raise SettingsError(
            f"Dagster cannot use a path with % * [ or quotes, and no link to it can be made in {link.parent}: {error}.",
            where=str(folder), hint="Choose another home with --home or FOOTFALL_HOME, or set XDG_CACHE_HOME.",
        ) from error
    return link

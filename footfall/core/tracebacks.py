"""Tracebacks of bugs: private files that may quote personal data, so they are few, small and removed by an erasure."""

import os
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from footfall.core.home import Home

#: Files kept, and bytes of each.
MOST_FILES = 20
MOST_BYTES = 200_000


def write_traceback(error: BaseException, home: Home) -> Path:
    """Write ``<home>/logs/<time>.log``, without a home a file in the system's temporary folder; remove old ones.

    Raises:
        OSError: it cannot be written.
    """
    text = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    if len(text) > MOST_BYTES:
        half = MOST_BYTES // 2
        text = text[:half] + b"\n[...]\n" + text[-half:]
    if not home.root.is_dir():
        handle, name = tempfile.mkstemp(prefix="footfall-", suffix=".log")
    else:
        home.logs.mkdir(mode=0o700, exist_ok=True)
        name = str(home.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log")
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    for old in sorted(home.logs.glob("[0-9]*T[0-9]*.log"))[:-MOST_FILES]:
        old.unlink(missing_ok=True)
    return Path(name)

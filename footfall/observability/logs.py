"""The structured log: one JSON document a line, in ``<home>/logs/footfall.log`` and, if wanted, on standard error.

Every document has ``time`` (UTC), ``level`` and ``event``; events of a run have ``run_id``, ``command`` and ``step``
too. All other keys are numbers, names of stages, models and checks, or sentences that went through ``redact``.
"""

import json
import logging
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from footfall.core import lock
from footfall.core.home import Home
from footfall.observability.redact import redact

if TYPE_CHECKING:
    from footfall.core.settings import Observability

#: The variable that sets the form of the log before the settings are read.
FORMAT_VARIABLE = "FOOTFALL_OBSERVABILITY__LOG_FORMAT"
FILE = "footfall.log"
_logger = logging.getLogger("footfall")
# Without a handler Python prints warnings on standard error.
_logger.addHandler(logging.NullHandler())
# Text on standard error comes from the command itself, also where a library gives the root logger a handler.
_logger.propagate = False


class JsonLines(logging.Formatter):
    """One record as one line of JSON. Of other libraries' records, the message is redacted; no traceback is kept."""

    def format(self, record: logging.LogRecord) -> str:
        is_own = record.name.partition(".")[0] == _logger.name
        document: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if is_own else "library_message",
        }
        if not is_own:
            document |= {"logger": record.name, "message": redact(record.getMessage())}
        document |= getattr(record, "facts", {})
        return json.dumps(document, default=str, ensure_ascii=True)


class PrivateFile(RotatingFileHandler):
    """The log file: mode 0600, rotated by the one process that holds the home's lock; never a reason to fail."""

    def __init__(self, home: Home, max_bytes: int, files: int) -> None:
        super().__init__(home.logs / FILE, maxBytes=max_bytes, backupCount=files, encoding="utf-8", delay=True)
        self._home = home
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        # An erasure removes the file while it is open.
        if self.stream is not None and not Path(self.baseFilename).is_file():
            self.stream.close()
            self.stream = None  # type: ignore[assignment]  # as the standard library does it
        super().emit(record)

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Whether to rotate: two processes must not rename the files at once."""
        return bool(lock.is_held_here(self._home) and super().shouldRollover(record))

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: on a full disk the work fails with a message of its own; `footfall doctor` names a bad folder."""

    def _open(self) -> IO[str]:  # type: ignore[override]
        self._home.logs.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8")


@dataclass
class RunLog:
    """The log of one run; ``step`` is the stage it is in."""

    run_id: str = ""
    command: str = ""
    step: str | None = None

    def write(self, event: str, level: int = logging.INFO, **facts: Any) -> None:
        """Write one event.

        Args:
            facts: numbers, and words without personal data.
        """
        context = {"run_id": self.run_id, "command": self.command, "step": self.step}
        write(event, level, **{name: value for name, value in context.items() if value}, **facts)


def write(event: str, level: int = logging.INFO, **facts: Any) -> None:
    """Write an event that belongs to no run."""
    _logger.log(level, event, extra={"facts": facts})


def start(home: Home, settings: "Observability") -> None:
    """Write events to the home's log file from now on; instead of the one before, if there was one."""
    for handler in [one for one in _logger.handlers if isinstance(one, PrivateFile)]:
        _logger.removeHandler(handler)
        handler.close()
    if not home.root.is_dir():
        return
    file = PrivateFile(home, settings.log_file_bytes, settings.log_files)
    file.setLevel(logging.INFO)
    _add(_logger, file)
    if settings.log_format == "json":
        use_json()


def use_json() -> None:
    """Write events, and what libraries log, as JSON on standard error from now on."""
    if not is_json():
        others = _Errors()
        others.setLevel(logging.WARNING)
        _add(logging.getLogger(), others)
        _add(_logger, _Errors())
        logging.captureWarnings(True)


def is_json() -> bool:
    """Whether standard error has JSON lines; then nothing else may be printed there."""
    return any(isinstance(handler, _Errors) for handler in _logger.handlers)


def stop() -> None:
    """Close the log; for a process that runs several commands."""
    for logger in (_logger, logging.getLogger()):
        for handler in [one for one in logger.handlers if isinstance(one, PrivateFile | _Errors)]:
            logger.removeHandler(handler)
            handler.close()
    logging.captureWarnings(False)


class _Errors(logging.StreamHandler):
    """JSON lines on what is standard error at that moment."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())

    def handleError(self, record: logging.LogRecord) -> None:
        """Nothing: the reader has ended."""


def _add(logger: logging.Logger, handler: logging.Handler) -> None:
    logger.addHandler(handler)
    if logger is _logger:
        logger.setLevel(logging.DEBUG)

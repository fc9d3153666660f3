"""From an error to three lines and an exit code (contract, section 4); the traceback of a bug goes to a file."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import typer

from footfall.core import stop
from footfall.core.errors import FootfallError, UsageError
from footfall.core.home import Home
from footfall_cli import console, stopping
from footfall_cli.options import home_of

DISK_FULL = ("no space left on device", "disk quota exceeded")
#: The folders of the code, as they appear in the paths of a traceback.
_CODE = ("footfall", "footfall_cli", "orchestration", "exports")

_STOPPED = FootfallError("Stopped. What was published stays.", hint="Run the command again; it continues from there.")


def guard(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; errors are reported, with ``--json`` as a document as well."""
    as_json = "--json" in arguments
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="footfall", standalone_mode=False) or 0
        # Typer turns Ctrl-C into this code without a message.
        if code and stop.signals:
            code = 130
        return _report(_STOPPED, as_json, stopping.exit_code()) if code == 130 else code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help(), file=sys.stderr)
        usage = UsageError("No command is given.", where=error.ctx.command_path, hint="Choose one of the commands.")
        return _report(usage, as_json, 2) if as_json else 2
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "footfall"
        usage = UsageError(error.format_message(), where=command, hint=f"See `{command} --help`.")
        return _report(usage, as_json, 2)
    except (click.Abort, KeyboardInterrupt):
        return _report(_STOPPED, as_json, stopping.exit_code())
    except BrokenPipeError:
        # The reader has ended (`footfall status | head`), so there is nowhere to report to.
        sys.stderr.close()
        return 141
    except Exception as error:  # noqa: BLE001 - the net of the command: every error ends as three lines and a code
        if stop.signals:
            # What a library made of the interruption.
            return _report(_STOPPED, as_json, stopping.exit_code())
        found = explain(error) or as_bug(error, home_of(arguments))
        return _report(found, as_json, found.exit_code)


def report_stopped(as_json: bool, code: int) -> None:
    """The line of a command that was stopped by a signal."""
    _report(_STOPPED, as_json, code)


def explain(error: BaseException) -> FootfallError | None:
    """Find what the reader can act on in an error or in what caused it; None for a bug."""
    seen: list[BaseException] = []
    current: BaseException | None = error
    # An error raised again inside the handling of itself makes a ring.
    while current is not None and not any(current is one for one in seen):
        found = _explain_one(current)
        if found is not None:
            return found
        seen.append(current)
        current = current.__cause__ or current.__context__
    return None


def as_bug(error: BaseException, home: Home) -> FootfallError:
    """An error of the code itself. Its traceback, which may hold personal data, goes to a private file.

    The file is ``<home>/logs/<time>.log``; without a home, one in the system's temporary folder.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if set(Path(frame.filename).parts) & set(_CODE)]
    where = None
    for frame in (own or list(frames))[-1:]:
        parts = Path(frame.filename).parts
        start = next((i for i, part in enumerate(parts) if part in _CODE), len(parts) - 1)
        where = f"{'/'.join(parts[start:])}, line {frame.lineno}"
    try:
        hint = f"Report it with the traceback in {_write_traceback(error, home)}. What was published stays."
    except OSError as failure:
        hint = f"Report it. The traceback could not be written to a file: {failure.strerror}."
    return FootfallError(f"Footfall failed because of a bug ({type(error).__name__}).", where=where, hint=hint)


def _write_traceback(error: BaseException, home: Home) -> Path:
    text = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    if not home.root.is_dir():
        handle, name = tempfile.mkstemp(prefix="footfall-", suffix=".log")
    else:
        home.logs.mkdir(mode=0o700, exist_ok=True)
        name = str(home.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log")
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(text)
    return Path(name)


def _explain_one(error: BaseException) -> FootfallError | None:
    if isinstance(error, FootfallError):
        return error
    text = str(error).lower()
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(part in text for part in DISK_FULL)
    if full:
        return FootfallError(
            "The disk is full. What was published stays.", where=getattr(error, "filename", None),
            hint="Free disk space and run the command again; it continues where it stopped.",
        )
    if isinstance(error, PermissionError) or (isinstance(error, OSError) and error.errno == errno.EROFS):
        return FootfallError(
            f"A file or folder cannot be used: {error.strerror}.", where=error.filename,
            hint="Change its permissions, or choose another home with --home or FOOTFALL_HOME.",
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return FootfallError(
            f"A file is missing or of the wrong kind: {error.strerror}.", where=error.filename,
            hint="Another program changed the home while Footfall worked; run the command again.",
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return FootfallError(
            "There was not enough memory.", where="footfall.yml, duckdb.memory_limit",
            hint="Raise the limit, free memory, or load fewer dates at once with --through.",
        )
    return None


def report(error: FootfallError) -> None:
    """What happened, where, and what to do, on standard error."""
    lines = [f"Error: {error.message}"]
    lines += [f"Where: {error.where}"] if error.where else []
    lines += [f"To do: {error.hint}"] if error.hint else []
    print("\n".join(lines), file=sys.stderr, flush=True)


def as_document(error: FootfallError) -> dict[str, str | None]:
    """The same for `--json`."""
    return {"kind": type(error).__name__, "message": error.message, "where": error.where, "hint": error.hint}


def _report(error: FootfallError, as_json: bool, code: int) -> int:
    report(error)
    if as_json:
        print(console.to_json({"error": as_document(error), "exit_code": code}), flush=True)
    return code

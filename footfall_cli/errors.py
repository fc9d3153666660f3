"""From an error to three lines and an exit code (contract, section 4); no traceback for what is not a bug."""

import errno
import sys
from collections.abc import Sequence

import click
import typer

from footfall.core.errors import FootfallError, UsageError
from footfall_cli import console

DISK_FULL = ("no space left on device", "disk quota exceeded")


def guard(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run the command and return its exit code, having said what went wrong."""
    as_json = "--json" in arguments
    stopped = FootfallError(
        "Stopped. What was published stays.", hint="Run the command again; it goes on from there."
    )
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="footfall", standalone_mode=False) or 0
        # Typer turns Ctrl-C into this code without a word.
        return _report(stopped, as_json, code) if code == 130 else code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help(), file=sys.stderr)
        return 2
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "footfall"
        usage = UsageError(error.format_message(), where=command, hint=f"See `{command} --help`.")
        return _report(usage, as_json, 2)
    except (click.Abort, KeyboardInterrupt):
        return _report(stopped, as_json, 130)
    except BrokenPipeError:
        # The reader has gone (`footfall status | head`); there is nobody left to tell.
        sys.stderr.close()
        return 141
    except Exception as error:
        found = explain(error)
        if found is None:
            raise
        return _report(found, as_json, found.exit_code)


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


def _explain_one(error: BaseException) -> FootfallError | None:
    if isinstance(error, FootfallError):
        return error
    text = str(error).lower()
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or any(part in text for part in DISK_FULL)
    if full:
        return FootfallError(
            "The disk is full. What was published stays.", where=getattr(error, "filename", None),
            hint="Make room and run the command again; it goes on where it stopped.",
        )
    if isinstance(error, PermissionError) or getattr(error, "errno", None) == errno.EROFS:
        return FootfallError(
            f"A file or folder cannot be used: {error.strerror}.", where=error.filename,
            hint="Mend its permissions, or choose another home with --home or FOOTFALL_HOME.",
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return FootfallError(
            f"A file is not what it should be: {error.strerror}.", where=error.filename,
            hint="Something outside Footfall changed the home while it worked; run the command again.",
        )
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return FootfallError(
            "There was not enough memory.", where="footfall.yml, duckdb.memory_limit",
            hint="Raise the limit, free memory, or load fewer dates at once with --through.",
        )
    return None


def tell(error: FootfallError) -> None:
    """What happened, where, and what to do, on standard error."""
    lines = [f"Error: {error.message}"]
    lines += [f"Where: {error.where}"] if error.where else []
    lines += [f"To do: {error.hint}"] if error.hint else []
    print("\n".join(lines), file=sys.stderr, flush=True)


def as_document(error: FootfallError) -> dict[str, str | None]:
    """The same for `--json`."""
    return {"kind": type(error).__name__, "message": error.message, "where": error.where, "hint": error.hint}


def _report(error: FootfallError, as_json: bool, code: int) -> int:
    tell(error)
    if as_json:
        print(console.to_json({"error": as_document(error), "exit_code": code}), flush=True)
    return code

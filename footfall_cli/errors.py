"""From an error to three lines and an exit code (contract, section 4)."""

import logging
import os
import sys
from collections.abc import Sequence

import click
import typer

from footfall.core import stop
from footfall.core.errors import FootfallError, UsageError
from footfall.core.explain import as_bug, explain
from footfall.observability import logs
from footfall.observability.redact import redact
from footfall_cli import console, stopping
from footfall_cli.options import home_of

_STOPPED = FootfallError("Stopped. What was published stays.", hint="Run the command again; it continues from there.")


def guard(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; errors are reported, with ``--json`` as a document as well."""
    as_json = "--json" in arguments
    logs.stop()
    if os.environ.get(logs.FORMAT_VARIABLE, "").lower() == "json":
        logs.use_json()
    try:
        code = typer.main.get_command(app).main(list(arguments), prog_name="footfall", standalone_mode=False) or 0
        # Typer turns Ctrl-C into this code without a message.
        if code and stop.signals:
            code = 130
        return _report(_STOPPED, as_json, stopping.exit_code()) if code == 130 else code
    except click.exceptions.NoArgsIsHelpError as error:
        if not logs.is_json():
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
        home = home_of(arguments)
        found = explain(error, home) or as_bug(error, home)
        return _report(found, as_json, found.exit_code)


def report_stopped(as_json: bool, code: int) -> None:
    """The line of a command that was stopped by a signal."""
    _report(_STOPPED, as_json, code)


def report(error: FootfallError) -> None:
    """What happened, where, and what to do, on standard error."""
    logs.write("error", logging.ERROR, **_as_facts(error))
    if logs.is_json():
        return
    lines = [f"Error: {error.message}"]
    lines += [f"Where: {error.where}"] if error.where else []
    lines += [f"To do: {error.hint}"] if error.hint else []
    print("\n".join(lines), file=sys.stderr, flush=True)


def _as_facts(error: FootfallError) -> dict[str, str | int | None]:
    facts = {name: redact(text) for name, text in as_document(error).items()}
    return {**{name: text for name, text in facts.items() if text}, "exit_code": error.exit_code}


def as_document(error: FootfallError) -> dict[str, str | None]:
    """The same for `--json`."""
    return {"kind": type(error).__name__, "message": error.message, "where": error.where, "hint": error.hint}


def _report(error: FootfallError, as_json: bool, code: int) -> int:
    report(error)
    if as_json:
        print(console.to_json({"error": as_document(error), "exit_code": code}), flush=True)
    return code

"""The `footfall` command.

Nothing is imported here that takes time: signals are listened to before anything else.
"""

import sys
from collections.abc import Sequence

from footfall_cli import stopping


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of contract, section 4.

    Args:
        arguments: default: those of the process, whose signals are then listened to.
    """
    try:
        if arguments is None:
            stopping.listen(_report_stopped)
        from footfall.core.collection import without_collection

        with without_collection():
            from footfall.core.file_modes import keep_private
            from footfall_cli import errors
            from footfall_cli.commands import app

        keep_private()
        code = errors.guard(app, list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # before the command has begun
        code = stopping.exit_code()
        _report_stopped(code)
    sys.exit(code)


def _report_stopped(code: int) -> None:
    from footfall_cli import errors

    errors.report_stopped("--json" in sys.argv, code)

"""Whether this process was asked to stop. Libraries turn an interruption into errors of their own; nets ask here."""

import subprocess

#: Numbers of the signals received, oldest first; the command line adds them.
signals: list[int] = []
#: Programs that work for this process and end with it; whoever starts one adds it.
helpers: "list[subprocess.Popen[bytes]]" = []


def raise_if_stopped(error: BaseException) -> None:
    """Call it first in every net: what a signal ended is no fault of a file, folder or workspace.

    Raises:
        KeyboardInterrupt: the process was asked to stop.
    """
    if is_interruption(error):
        raise KeyboardInterrupt from error


def is_interruption(error: BaseException) -> bool:
    """Whether an error came after a signal, or is DuckDB's form of one, which has no class of its own."""
    text = str(error)
    return bool(signals) or (isinstance(error, RuntimeError) and text == "Query interrupted") or (
        type(error).__module__.startswith(("duckdb", "_duckdb")) and "KeyboardInterrupt" in text
    )

"""A process that makes the folders of one workspace after another: setup and tasks come pickled on standard input."""

import gc
import os
import pickle
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from footfall.core.database import connect, limited_memory, release_memory
from footfall.core.errors import FootfallError
from footfall.core.settings import DuckDBSettings


@dataclass(frozen=True)
class Setup:
    """What a worker needs to know: the published file, where files go, and its share of the machine."""

    published: Path
    exports: Path
    temp: Path
    duckdb: DuckDBSettings
    formats: tuple[str, ...]
    run_id: str


def main() -> None:
    """Read a ``Setup``, then lists of ``Job``; answer each with (list of ``Made``, None) or (None, error)."""
    # Interrupted from the keyboard it ends at once; the parent says so.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not get between the answers.
    os.dup2(2, 1)
    setup: Setup = pickle.load(sys.stdin.buffer)
    # Late, so that the parent does not wait for these imports before it hands out work.
    from exports.folder.write_folder import MEGABYTES, make_workspace

    gc.disable()
    with (
        connect(setup.published, read_only=True, settings=setup.duckdb, temp=setup.temp) as con,
        limited_memory(con, MEGABYTES),
    ):
        while True:
            try:
                jobs = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            try:
                answer = make_workspace(con, setup.exports, jobs, setup.formats, setup.run_id), None
            except FootfallError as error:
                answer = None, error
            except Exception:  # noqa: BLE001 - a bug is told to the parent, which raises it
                answer = None, RuntimeError(traceback.format_exc())
            pickle.dump(answer, answers)
            answers.flush()
            # The next workspace's rows lie elsewhere in the file: memory would grow with the number of workspaces.
            release_memory(con)
            # Cycles are looked for between workspaces only, and never again among what the imports left: walking all
            # objects in the middle of a workspace was 5 % of its work.
            gc.collect()
            if not gc.get_freeze_count():
                gc.freeze()


if __name__ == "__main__":
    main()

"""What could not be exported, and the net that keeps a fault to one file, one folder or one workspace."""

import errno
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from footfall.core.errors import ExportsFailed, FootfallError
from footfall.core.stop import raise_if_stopped

#: Faults of the machine: they are about no single file, so the whole folder fails and the old one stays.
_MACHINE = (OSError, MemoryError, duckdb.IOException, duckdb.OutOfMemoryException)
_ROOT = Path(__file__).parents[2]
_REPORT_IT = "The next run tries again. If it fails again, report it with this message."


@dataclass(frozen=True)
class Failure:
    """An export folder, or one file of it, that could not be made.

    Args:
        workspace_id: the workspace.
        folder: the export folder, relative to ``exports/``.
        what: what went wrong, in one sentence without personal data.
        where: the file, table or line of code concerned.
        hint: what the reader can do about it.
        file: the one file that is missing, relative to the folder; None: the whole folder was not replaced.
        is_held_back: the data of the workspace are not good enough; trying again makes no difference.
    """

    workspace_id: str
    folder: str
    what: str
    where: str | None = None
    hint: str | None = None
    file: str | None = None
    is_held_back: bool = False


@dataclass(frozen=True)
class FailedFile:
    """A file that a folder was finished without: its path, and the reason."""

    file: str
    reason: str
    where: str | None


@contextmanager
def contain(folder: Path, file: str, failed: list[FailedFile]) -> Iterator[None]:
    """The net for one file: an unexpected error inside is added to ``failed``, and the folder goes on without it.

    Args:
        folder: the folder that is being written.
        file: path in it; a graph's without the suffix, for its files of all formats.
        failed: the files that could not be made so far.

    Raises:
        FootfallError: raised inside; it is about the whole folder.
        OSError, MemoryError, duckdb.IOException, duckdb.OutOfMemoryException: the machine's faults.
    """
    try:
        yield
    except (FootfallError, *_MACHINE):
        raise
    except Exception as error:  # noqa: BLE001 - the net of one file
        raise_if_stopped(error)
        failed.append(FailedFile(file, *_bug(error)))
        for path in (folder / file, *(folder / file).parent.glob(f"{Path(file).name}.*")):
            if path.is_file():
                path.unlink()


def of_folder(workspace_id: str, folder: Path, error: Exception) -> Failure:
    """The failure of a whole folder, from the error that ended it."""
    raise_if_stopped(error)
    name = folder.as_posix()
    if isinstance(error, _MACHINE):
        error = not_written(error, folder)
    if isinstance(error, FootfallError):
        return Failure(workspace_id, name, error.message, error.where, error.hint)
    return Failure(workspace_id, name, *_bug(error), _REPORT_IT)


def of_file(workspace_id: str, folder: Path, failed: FailedFile) -> Failure:
    """The failure of one file of a folder that was made without it."""
    return Failure(workspace_id, folder.as_posix(), failed.reason, failed.where, _REPORT_IT, failed.file)


def of_held_back(workspace_id: str, folder: Path, reason: str) -> Failure:
    """The folder of a workspace that is held back: it stays as it was."""
    return Failure(
        workspace_id, folder.as_posix(), f"{reason}, so this export stays as it was.",
        where=f"workspace {workspace_id}", is_held_back=True,
        hint="`footfall quarantine list` names the lines. Repair or remove the files in landing, change the mapping in "
        "footfall.yml, or raise `checks.max_quarantined_share` there if the data is right; then `footfall run`.",
    )


def summarise(failures: Sequence[Failure]) -> ExportsFailed | None:
    """The error of a run or an export some of whose folders or files could not be made; None without any."""
    failures = sorted(failures, key=lambda failure: failure.is_held_back)
    if not failures:
        return None
    workspaces = sorted({failure.workspace_id for failure in failures})
    number = "One export" if len(failures) == 1 else f"{len(failures):,} exports"
    state = "held back" if failures[0].is_held_back else "not made"
    more = f" and {len(workspaces) - 5:,} more" if len(workspaces) > 5 else ""
    return ExportsFailed(
        f"{number} {'was' if len(failures) == 1 else 'were'} {state}; all others are complete. "
        f"First reason: {failures[0].what}",
        where=f"workspaces {', '.join(workspaces[:5])}{more}",
        hint=failures[0].hint or "Run `footfall run` again: it tries again.",
    )


def not_written(error: Exception, target: Path) -> FootfallError:
    """The error for a folder or file that the machine did not take."""
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    is_short = isinstance(error, duckdb.OutOfMemoryException | MemoryError)
    remedy = "Free disk space" if is_full else "Raise duckdb.memory_limit" if is_short else "Check the folder"
    reason = getattr(error, "strerror", None) or str(error).partition("\n")[0] or type(error).__name__
    if is_full:
        reason = "The disk is full"
    return FootfallError(
        f"An export could not be written: {reason.rstrip('.')}.", where=str(target),
        hint=f"{remedy} and run `footfall export` again. Earlier exports are unchanged.",
    )


def _bug(error: Exception) -> tuple[str, str]:
    """The kind of an unexpected error and the line of code; never its message, which may hold people's data."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(_ROOT))]
    place = f"{Path(frames[-1].filename).relative_to(_ROOT).as_posix()}:{frames[-1].lineno}" if frames else "a library"
    return f"It could not be made because of an unexpected {type(error).__name__}.", place

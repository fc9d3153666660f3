"""The gate before publishing: the results of checks become an error or nothing."""

from collections.abc import Sequence

from footfall.checks.result import CheckResult
from footfall.core.errors import CheckCrashed, CheckFailed, FootfallError

#: For checks of what was built, dbt's tests included: the data are accepted by then, so the build is at fault.
_BUILD = (
    "Build every table from scratch: `footfall run --full-refresh`. If the check fails again, it is a fault of "
    "Footfall: report this message. What was published stays."
)
#: A check that crashes mostly met a file that cannot be read.
_CRASHED = (
    "Run again. If it happens again and the message names a file of the home, put that file back from a backup; else "
    "report the message."
)


def blocking_error(results: Sequence[CheckResult]) -> FootfallError | None:
    """The error of the blocking results; None when the data may be published. Failures are reported before crashes."""
    failed = [result for result in results if result.is_blocking and result.status == "failed"]
    if failed:
        found = "; ".join(f"{result.name}{_rows(result)}: {result.message}" for result in failed)
        return CheckFailed(
            f"{_count(failed)} failed, so nothing was published: {found}", where=_where(failed), hint=_remedies(failed),
        )
    crashed = [result for result in results if result.is_blocking and result.status == "crashed"]
    if crashed:
        found = "; ".join(f"{result.name}: {result.message}" for result in crashed)
        return CheckCrashed(
            f"{_count(crashed)} could not be carried out, which is no statement about the data; "
            f"nothing was published: {found}",
            where=_where(crashed), hint=_CRASHED,
        )
    return None


def gate(results: Sequence[CheckResult]) -> None:
    """Return when the data may be published.

    Raises:
        CheckFailed: a blocking check failed; names the checks and the rows (exit code 3).
        CheckCrashed: a blocking check could not be carried out (exit code 1).
    """
    error = blocking_error(results)
    if error is not None:
        raise error


def _remedies(results: Sequence[CheckResult]) -> str:
    """What to do about these failures: each remedy once."""
    return " ".join(dict.fromkeys(result.remedy or _BUILD for result in results))


def _count(results: Sequence[CheckResult]) -> str:
    return "A blocking check" if len(results) == 1 else f"{len(results)} blocking checks"


def _rows(result: CheckResult) -> str:
    return f" ({result.rows:,} rows)" if result.rows is not None else ""


def _where(results: Sequence[CheckResult]) -> str:
    return ", ".join(f"{result.stage}.{result.name}" for result in results)

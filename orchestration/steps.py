"""What every step of the job does around its work: begin the run, and turn an error into what people read.

The headline of a failed step in Dagster is what the command line prints: what happened, `Where` and `To do`.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from footfall.core.errors import CheckFailed, ExportsFailed, FootfallError, UsageError
from footfall.core.explain import as_bug, explain, may_pass
from footfall.core.stop import is_interruption
from orchestration.pending_work import mark_started
from orchestration.run_context import RunContext

#: One run at a time works on a home: all steps are in this pool, whose limit is 1 (`dagster_instance`).
POOL = "footfall_home"
#: The result of a run, in the list of runs.
OUTCOME_TAG = "footfall/outcome"


@contextmanager
def step(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, run_context: RunContext, *,
    is_work: bool = True,
) -> Iterator[None]:
    """Do the work of a step inside.

    Args:
        is_work: the home will be changed; the run is noted as started, until it notes its end.

    Raises:
        dagster.RetryRequested: the error may pass, and the step has retries left.
        dagster.Failure: any other error; it is kept in ``run_context``.
    """
    try:
        run_context.begin()
        run_context.error = run_context.found = None
        if is_work:
            mark_started(run_context.home)
        yield
    except GeneratorExit:
        raise
    except Exception as error:
        run_context.error = error
        if is_interruption(error):
            _end(run_context)
            raise
        found = explain(error, run_context.home) or as_bug(error, run_context.home)
        tries = context.op_execution_context.retry_number
        if tries < run_context.retries and _is_passing(error, found):
            seconds = run_context.retry_seconds * 2**tries
            context.log.warning(f"{as_text(found)}\nTried again in {seconds:,.0f} seconds.")
            raise dg.RetryRequested(max_retries=run_context.retries, seconds_to_wait=seconds) from error
        run_context.found = found
        _end(run_context)
        raise dg.Failure(as_text(found), metadata=_metadata(found), allow_retries=False) from error
    except BaseException as error:
        run_context.error = error
        _end(run_context)
        raise


def _end(run_context: RunContext) -> None:
    """End a run that failed; what it cannot note (the disk is full) does not hide why it failed."""
    with contextlib.suppress(OSError, SQLAlchemyError, FootfallError):
        run_context.end()


def as_text(error: FootfallError) -> str:
    """The lines that the command line prints."""
    lines = [error.message]
    lines += [f"Where: {error.where}"] if error.where else []
    lines += [f"To do: {error.hint}"] if error.hint else []
    return "\n".join(lines)


def _is_passing(error: BaseException, found: FootfallError) -> bool:
    is_about_data = isinstance(found, CheckFailed | ExportsFailed | UsageError) or found.exit_code != 1
    return not is_about_data and may_pass(error)


def _metadata(error: FootfallError) -> dict[str, str | int]:
    facts: dict[str, str | int | None] = {"where": error.where, "to do": error.hint, "exit code": error.exit_code}
    return {name: value for name, value in facts.items() if value is not None}

"""What the assets of one run share: the home, its settings, and what the earlier stages have done."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from footfall.core.errors import CheckFailed, ExportsFailed, FootfallError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.observability.logs import RunLog
from orchestration.damage import verify_written
from orchestration.observe import end, figures_of_stage, reason_of
from orchestration.pending_work import mark_finished, mark_refused

if TYPE_CHECKING:
    from exports.build_all import Exported
    from exports.folder.failure import Failure
    from footfall.checks.result import CheckResult
    from footfall.ingestion.load_result import LoadResult
    from footfall.publishing.history import RunRecord
    from footfall.publishing.publish import Published
    from footfall.transform.build_sources import BuildSources
    from footfall.transform.dbt_runner import Node


def _nothing() -> None:
    """`footfall run` prepares and ends its runs itself."""


@dataclass
class RunContext:
    """One run. Assets fill it in from left to right; what is None was not part of the run or not reached.

    Attributes:
        command: `run`, `backfill`, … as `ops.runs` names it.
        load_dates: first and last load date the run covers, if any.
        reload: loaded dates to load again before new files are loaded (`PendingWork.reload`).
        dbt_manifest: dbt's manifest parsed in this process, to spare parsing it again.
        nothing_new: why the run had nothing to do; empty otherwise.
        error: what ended the run, as it was raised; found: the same as the command line reports it.
        seconds: per stage.
        log: the structured log of this run.
        begin: called by every step before its work; the first call prepares a run that Dagster started.
        end: called by the step that ends a run that Dagster started; `footfall run` ends its runs itself.
        has_work: whether there is anything to load, build, publish or export.
        is_lake_emptied: everything is loaded again, in whichever dates the run covers.
        unclean: the error of an erasure that the run finished and whose search found data; it fails the run at its end.
        retries, retry_seconds: how often a step is tried again after an error that may pass, and after how long first.
    """

    home: Home
    settings: Settings
    command: str = "run"
    progress: Progress = quiet
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    load_dates: tuple[date, date] | None = None
    reload: tuple[date, ...] = ()
    dbt_manifest: Any = None
    loaded: "LoadResult | None" = None
    build_sources: "BuildSources | None" = None
    nodes: "list[Node]" = field(default_factory=list)
    checks: "list[CheckResult]" = field(default_factory=list)
    published: "Published | None" = None
    exported: "Exported | None" = None
    nothing_new: str = ""
    error: BaseException | None = None
    found: FootfallError | None = None
    begin: Callable[[], None] = _nothing
    end: Callable[[], None] = _nothing
    has_work: bool = True
    is_lake_emptied: bool = False
    unclean: FootfallError | None = None
    retries: int = 0
    retry_seconds: float = 0
    seconds: dict[str, float] = field(default_factory=dict)
    log: RunLog = field(default_factory=RunLog)

    @contextmanager
    def stage(self, name: str, sentence: str) -> Iterator[None]:
        """Report what begins, and note how long it took."""
        self.progress(sentence)
        self.log.step = name
        self.log.write("stage_started")
        started = time.monotonic()
        try:
            yield
        finally:
            seconds = round(time.monotonic() - started, 3)
            self.seconds[name] = round(self.seconds.get(name, 0) + seconds, 3)
            self.log.write("stage_finished", seconds=seconds, **figures_of_stage(self, name))

    def record(self, run_id: str, status: str = "running") -> "RunRecord":
        """The run as far as it has come, for `ops.runs`."""
        from footfall.publishing.history import RunRecord

        first, last = self.load_dates or (None, None)
        names = ("lines_in", "loaded", "repaired", "duplicates", "quarantined")
        done, exported = self.published, self.exported
        return RunRecord(
            run_id=run_id, kind=self.command, started_at=self.started_at, status=status, load_date_from=first,
            load_date_to=last, **{name: getattr(self.loaded, name) if self.loaded else 0 for name in names},
            finished_at=None if status == "running" else datetime.now(UTC),
            checks_failed=sum(result.status != "passed" for result in self.checks),
            exports_made=len(exported.made) if exported else None,
            exports_failed=len(exported.failures) if exported else None,
            bytes=done.bytes if done else None, version=done.version if done else None,
            reason=reason_of(self.found),
            details={"seconds": dict(self.seconds), "disk_free_bytes": shutil.disk_usage(self.home.root).free},
        )

    def require_passed(self, results: "Sequence[CheckResult]") -> None:
        """Keep the results, and stop the run where a blocking one did not pass.

        Raises:
            CheckFailed: the data is not good enough; names the checks and the rows.
            CheckCrashed: a check could not be carried out, which is no statement about the data.
        """
        from footfall.checks.gate import gate

        self.checks += results
        gate(results)


def conclude(run_context: RunContext, run_id: str, status: str) -> None:
    """Keep the result of a run: its record, the page of its checks and, at its end, what it was made from."""
    from footfall.checks.page import write_page

    end(run_context, run_id, status)
    if status == "checks_failed":
        mark_refused(run_context.home, run_context.settings)
    write_page(run_context.home, run_context.checks, run_id=run_id, checked_at=datetime.now(UTC))
    if run_context.exported is not None:
        failed = [failure_path(one) for one in run_context.exported.failures if not one.is_held_back]
        mark_finished(run_context.home, run_context.settings, run_id, failed)
    if status == "published":
        verify_written(run_context.home, frozenset(run_context.exported.made) if run_context.exported else None)


def status_of(run_context: RunContext) -> str:
    """The status of a run that has ended, as ``ops.runs`` has it."""
    found = run_context.found
    is_after_publishing = isinstance(found, ExportsFailed) or (found is not None and found is run_context.unclean)
    if run_context.error is not None and not is_after_publishing:
        if run_context.found is None:
            return "stopped"
        return "checks_failed" if isinstance(run_context.found, CheckFailed) else "failed"
    if run_context.nothing_new:
        return "nothing_new"
    return "published" if run_context.published is not None else "loaded" if run_context.loaded is not None else "built"


def failure_path(failure: "Failure") -> str:
    """The path below ``exports/`` of a folder or file that could not be made."""
    return f"{failure.folder}/{failure.file}" if failure.file else failure.folder

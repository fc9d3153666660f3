"""What the assets of one run share: the home, its settings, and what the earlier stages have done."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from footfall.core import file_modes, lock
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.home_version import require_current
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings, load_settings
from footfall.ingestion.exclusion.tombstones import erasure_is_pending
from orchestration.apply_retention import finish
from orchestration.dagster_instance import PID_TAG, quick_history, reconcile
from orchestration.damage import find_damage, heal, verify_written
from orchestration.pending_work import mark_finished, mark_refused, mark_started

if TYPE_CHECKING:
    from exports.build_all import Exported
    from exports.folder.failure import Failure
    from footfall.checks.result import CheckResult
    from footfall.ingestion.load_result import LoadResult
    from footfall.publishing.history import RunRecord
    from footfall.publishing.publish import Published
    from footfall.transform.build_sources import BuildSources
    from footfall.transform.dbt_runner import Node

@dataclass
class RunContext:
    """One run. Assets fill it in from left to right; what is None was not part of the run or not reached.

    Attributes:
        command: `run`, `backfill`, … as `ops.runs` names it.
        load_dates: first and last load date the run covers, if any.
        dbt_manifest: dbt's manifest parsed in this process, to spare parsing it again.
        seconds: per stage.
    """

    home: Home
    settings: Settings
    command: str = "run"
    progress: Progress = quiet
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    load_dates: tuple[date, date] | None = None
    dbt_manifest: Any = None
    loaded: "LoadResult | None" = None
    build_sources: "BuildSources | None" = None
    nodes: "list[Node]" = field(default_factory=list)
    checks: "list[CheckResult]" = field(default_factory=list)
    published: "Published | None" = None
    exported: "Exported | None" = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, sentence: str) -> Iterator[None]:
        """Report what begins, and note how long it took."""
        self.progress(sentence)
        started = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - started, 3)

    def record(self, run_id: str, status: str = "running") -> "RunRecord":
        """The run as far as it has come, for `ops.runs`."""
        from footfall.publishing.history import RunRecord

        first, last = self.load_dates or (None, None)
        return RunRecord(
            run_id=run_id, kind=self.command, started_at=self.started_at, status=status, load_date_from=first,
            load_date_to=last, lines_in=self.loaded.lines_in if self.loaded else 0,
            loaded=self.loaded.loaded if self.loaded else 0,
            finished_at=None if status == "running" else datetime.now(UTC),
            checks_failed=sum(result.status != "passed" for result in self.checks), details={"seconds": self.seconds},
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
    from footfall.publishing.history import record_run

    record = run_context.record(run_id, status)
    if status != "published":
        record_run(run_context.home, record, run_context.checks)
    if status == "checks_failed":
        mark_refused(run_context.home, run_context.settings)
    write_page(run_context.home, run_context.checks, run_id=run_id, checked_at=datetime.now(UTC))
    if run_context.exported is not None:
        failed = [failure_path(one) for one in run_context.exported.failures if not one.is_held_back]
        mark_finished(run_context.home, run_context.settings, run_id, failed)
    if status == "published":
        verify_written(run_context.home)


def _require_whole(home: Home, settings: Settings) -> None:
    """Repair damage that needs no load; a run started in Dagster loads only the dates it was started for."""
    damage = find_damage(home)
    if any(one.part in ("lake", "quarantine") for one in damage):
        raise FootfallError(
            "Files of the lake are damaged.", where=str(home.lake),
            hint="Run `footfall run` once: it loads them again from the landing zone.",
        )
    heal(home, settings, damage)


def failure_path(failure: "Failure") -> str:
    """The path below ``exports/`` of a folder or file that could not be made."""
    return f"{failure.folder}/{failure.file}" if failure.file else failure.folder


def home_from_environment() -> Home:
    """The home that `FOOTFALL_HOME` names; `./data` without it."""
    return Home(Path(os.environ.get("FOOTFALL_HOME", "data")).expanduser().absolute())


@dg.resource(description="The home this run writes to, held under its lock.")
def run_context(context: dg.InitResourceContext) -> Iterator[RunContext]:
    """The resource of runs that Dagster itself starts (user interface, schedule); `footfall run` brings its own."""
    home = home_from_environment().ensure()
    with lock.hold(home, "a run started in Dagster"), quick_history():
        if erasure_is_pending(home):
            raise FootfallError(
                "An erasure was started and not finished; nothing else may run before it.", where=str(home.root),
                hint="Run `footfall run` once: it finishes it first.",
            )
        if context.instance is not None and context.run is not None:
            reconcile(context.instance, except_run=context.run.run_id)
            context.instance.add_run_tags(context.run.run_id, {PID_TAG: str(os.getpid())})
        settings = load_settings(home)
        require_current(home)
        _require_whole(home, settings)
        mark_started(home)
        file_modes.apply(home, settings.access)
        current = RunContext(home, settings, "dagster", progress=context.log.info if context.log else quiet)
        yield current
        conclude(current, context.run_id or "", "published" if current.exported else "failed")
        if current.exported:
            finish(home, settings)

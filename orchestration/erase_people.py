"""Erasing people: one step after the other, each of which can be repeated, so that it survives any interruption.

The intent is on disk before anything is removed, and is removed last. The next holder of the home's lock finishes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.erasure import clear
from footfall.erasure.file_names import forget_file_names
from footfall.erasure.intent import (
    Intent,
    Plan,
    close_intent,
    drop_intent,
    next_number,
    open_files,
    read_intent,
    write_intent,
)
from footfall.erasure.lake import rewrite_lake
from footfall.erasure.ledger import workspaces
from footfall.erasure.people import Person
from footfall.erasure.plan import make_plan
from footfall.erasure.questions import Question, decide, decide_all, write_questions
from footfall.erasure.receipt import published_now, read_receipt, restated_by, write_receipt
from footfall.erasure.restated import count_restatements
from footfall.erasure.verify import verify
from footfall.ingestion.database import open_loader
from footfall.ingestion.exclusion.tombstones import Erased, home_key, read_tombstones, write_tombstones
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing_erasure.erase_landing import erase_from_all_files
from footfall.ingestion.retention import require_rows
from footfall.publishing.versions import kept_documents
from footfall.transform import build_sources


@dataclass
class Outcome:
    """The result of an erasure: ``done``, ``nothing_known`` or ``already_erased`` (then there is no receipt)."""

    outcome: str
    people: tuple[Person, ...]
    receipt: dict[str, Any] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether the search at its end found nothing."""
        return not self.receipt or self.receipt["search"]["is_clean"]


def erase(
    home: Home, settings: Settings, people: Sequence[Person], progress: Progress = quiet, titles: str = "",
) -> Outcome:
    """Erase people everywhere. Call it with the home's lock held.

    Args:
        titles: `keep` or `erase`: what is decided about all titles of the organiser that name them; else it is asked.

    Raises:
        UsageError: a workspace that is not known; nothing was changed.
        SettingsError: the key of earlier erasures is missing or another one; nothing was changed.
        FootfallError: the tables could not be built or published without them. The next run continues.
    """
    finished = finish(home, settings, progress)
    if finished is not None and set(finished.people) == set(people):
        return finished
    home_key(home, settings)
    if not settings.retention.rebuild_without_raw:
        # checked before anything is removed: the tables are built again at the end
        require_rows(home, read_commits(home))
    _require_workspaces(home, settings, people)
    earlier = read_tombstones(home, settings)
    intent = Intent(
        next_number(home), datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"), list(people)
    )
    write_intent(home, intent)
    plan = _plan(home, settings, intent, progress)
    if titles and decide_all(plan, titles):
        write_intent(home, intent)
    if not plan.found and earlier and all(earlier.includes("user", *person) for person in people):
        drop_intent(home)
        return Outcome("already_erased", tuple(people))
    return _carry_out(home, settings, intent, plan, progress)


def finish(
    home: Home, settings: Settings, progress: Progress = quiet, *, is_in_dagster: bool = False
) -> Outcome | None:
    """Finish an interrupted erasure; None without one. Needs the home's lock.

    Args:
        is_in_dagster: Dagster's files are in use, so its history of runs stays even if the search finds data in it:
            the erasure is then open, and `footfall erase --resume` removes it.
    """
    intent = read_intent(home)
    if intent is None:
        return None
    receipt = read_receipt(home, intent)
    is_repeated = any(path.stem.startswith(f"{intent.number:06d}.") for path in open_files(home))
    if receipt and not is_repeated:
        is_clean = receipt["search"]["is_clean"]
        close_intent(home, intent, is_clean=is_clean)
        return None if is_clean else Outcome("done", tuple(intent.people), receipt)
    progress("Finishing an erasure that was interrupted.")
    plan = intent.plan or _plan(home, settings, intent, progress)
    return _carry_out(home, settings, intent, plan, progress, is_in_dagster=is_in_dagster)


def resume(
    home: Home, settings: Settings, progress: Progress = quiet,
    decisions: Mapping[tuple[str, str, str], str] | None = None, titles: str = "",
) -> list[Outcome]:
    """Finish an interrupted erasure, and repeat those whose search found something. Needs the home's lock.

    To be used after the places that a receipt names were corrected, or with answers to its questions; removes and
    searches again.

    Args:
        decisions: about texts of the organiser, as ``footfall.erasure.questions.read_decisions`` has them.
        titles: `keep` or `erase`, about all others that were asked about.
    """
    finished = finish(home, settings, progress)
    outcomes = [finished] if finished is not None else []
    for path in open_files(home):
        intent = read_intent(home, path)
        if intent is None or intent.plan is None:
            continue
        is_decided = decide(intent.plan, decisions or {})
        is_decided |= bool(titles) and decide_all(intent.plan, titles)
        if not is_decided and any(intent.number == one.receipt["number"] for one in outcomes):
            continue
        outcomes = [one for one in outcomes if one.receipt["number"] != intent.number]
        intent.attempt += 1
        write_intent(home, intent)
        outcomes.append(_carry_out(home, settings, intent, intent.plan, progress, is_repeated=True))
    return outcomes


def _require_workspaces(home: Home, settings: Settings, people: Sequence[Person]) -> None:
    commits = read_commits(home)
    with open_loader(home, settings) as con:
        known = set(workspaces(con, home, commits))
    unknown = sorted({workspace for workspace, _ in people} - known)
    if unknown:
        raise UsageError(
            f"No workspace {unknown[0]!r} is known.", where="--workspace",
            hint="Ids are case-sensitive; `footfall status` lists the workspaces. Nothing was erased.",
        )


def _plan(home: Home, settings: Settings, intent: Intent, progress: Progress) -> Plan:
    if read_commits(home) and not build_sources.is_built(home, settings):
        _build(home, settings, progress)
    progress("Finding their data.")
    plan = make_plan(home, settings, intent.people)
    plan.hashes, plan.rows = published_now(home)
    intent.plan = plan
    write_intent(home, intent)
    return plan


def _build(home: Home, settings: Settings, progress: Progress) -> None:
    """Sessions decide whose signed-out events are, so they must be those of the whole lake."""
    from footfall.transform import dbt_runner
    from footfall.transform.build_parts import build_in_parts
    from orchestration.defs.transform.checks import require_models
    from orchestration.run_context import RunContext

    progress("Building the tables up to what is loaded.")
    manifest = dbt_runner.parse(home, settings)
    _, nodes = build_in_parts(home, settings, manifest=manifest, progress=progress)
    run_context = RunContext(home, settings, "erase", nodes=nodes)
    require_models(run_context)


def _carry_out(
    home: Home, settings: Settings, intent: Intent, plan: Plan, progress: Progress, *, is_repeated: bool = False,
    is_in_dagster: bool = False,
) -> Outcome:
    key = home_key(home, settings)
    write_tombstones(home, key, intent.number, plan.names)
    erased = Erased.of(plan.names, intent.people, key)
    in_lake = rewrite_lake(home, settings, intent, plan, erased, progress)
    intent.add("lake", in_lake)
    write_intent(home, intent)
    everybody = read_tombstones(home, settings)
    changed = erase_from_all_files(home, settings, everybody or erased, progress, erased)
    in_landing = {
        "files_rewritten": changed.files, "files_removed": changed.removed_files, "lines": changed.lines,
        "lines_of_others_redacted": changed.redacted,
    }
    intent.add("landing", in_landing)
    intent.add("sample", clear.clear_sample_key(home))
    intent.add("logs", clear.clear_logs(home))
    intent.add("history", {
        "files_rewritten": count_restatements(home, intent, plan) + forget_file_names(home, erased),
    })
    write_intent(home, intent)
    restated = 0
    removed = (in_lake, in_landing) if is_repeated else (plan.found, *map(intent.removed.get, ("lake", "landing")))
    if any(any(counts.values()) for counts in removed if counts):
        restated = _rebuild(home, settings, intent, progress)
    progress("Searching the home for their data.")
    verified = verify(home, settings, intent, plan)
    if not is_in_dagster and any(place.startswith("dagster/") for place in verified.scanned.found):
        intent.add("dagster", clear.clear_history_of_runs(home))
        verified = verify(home, settings, intent, plan)
    receipt = write_receipt(home, intent, plan, verified, restated)
    write_questions(home, intent.number, [Question(**one) for one in plan.questions])
    close_intent(home, intent, is_clean=verified.is_clean)
    return Outcome("done" if plan.known or plan.found else "nothing_known", tuple(intent.people), receipt)


def _rebuild(home: Home, settings: Settings, intent: Intent, progress: Progress) -> int:
    """Warehouse, published tables and exports from the lake as it is now; returns how many numbers were restated."""
    from footfall.transform.engine import engine_at_work, engine_of
    from orchestration.run_job import Request, run_job

    engine = engine_of(home, settings)
    engine.close()  # its temporary files are in the warehouse's folder
    intent.add("warehouse", clear.clear_warehouse(home, engine.kept_folders))
    intent.add("exports", clear.clear_exports(home, intent.workspaces))
    write_intent(home, intent)
    home.ensure()
    with engine_at_work(home, settings):
        outcome = run_job(home, settings, Request("erase", None, is_full_refresh=True), progress)
        if outcome.error is not None:
            raise outcome.error
        intent.add("published", clear.drop_older_versions(home))
        if counts := engine.remove_for_good(kept_documents(home)):
            intent.add("iceberg", counts)
    return restated_by(home, intent) if home.current.exists() else 0



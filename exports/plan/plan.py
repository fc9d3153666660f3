"""Which folders there should be: of which workspaces and ranges, under which names, and made of which content."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from exports.plan.fingerprint import Span, code_version, fingerprints
from exports.plan.ranges import Dates, Range, cut_to_data, own_range, wanted_ranges
from footfall.core.errors import UsageError
from footfall.core.safe_names import encoded, folder_names
from footfall.metrics.definitions import definitions_version
from footfall.metrics.question import Question

#: The report of the range ``event`` also has these days before and after, so that a reader can look beyond the event.
AROUND = timedelta(days=31)

_LOADS = """
    with last_load as (
        select w.workspace_id, max(w.load_date) as load_date
        from ops.load_by_workspace as w
        where w.loaded is null or w.loaded > 0 or w.no_consent > 0
        group by w.workspace_id
    ),
    visited as (
        select v.workspace_id, min(v.local_date) as first_date, max(v.local_date) as last_date
        from marts.fct_visits as v
        group by v.workspace_id
    )
    select d.workspace_id, d.load_date, v.first_date, v.last_date
    from last_load as d
    left join visited as v on d.workspace_id = v.workspace_id
"""


@dataclass(frozen=True)
class Loads:
    """The last load date that brought lines of the workspace, and its first and last local date with a visit.

    Loads and lines of other workspaces change nothing here: the files of this one stay as they are.
    """

    data_as_of: date | None = None
    first_date: date | None = None
    last_date: date | None = None


@dataclass(frozen=True)
class Job:
    """One folder to make: what it is about, and of which content.

    Args:
        workspace_id, workspace: the workspace's id and name.
        zone: its time zone, UTC where that is not known.
        anonymization: who is protected: ``none``, ``full`` (everyone) or ``domains``.
        fewest: the fewest people a number of a protected workspace is about.
        target_groups: only people of these groups count; empty: everyone.
        has_cookie_banner: whether visitors can refuse to be tracked.
        range: its dates.
        user_id: the one person it is about, if it is.
        folder: relative to ``exports/``.
        loads: the workspace's last load date, and its dates with visits.
        fingerprint: of all content behind the folder.
        definitions: version of the published definitions.
        report_people: whether its report names people: ``all`` or ``none``.
    """

    workspace_id: str
    workspace: str
    zone: str
    anonymization: str
    fewest: int
    target_groups: tuple[str, ...]
    has_cookie_banner: bool
    range: Range
    user_id: str | None
    folder: Path
    loads: Loads
    fingerprint: str = ""
    definitions: str = ""
    report_people: str = "all"

    @property
    def report_days(self) -> tuple[date | None, date | None]:
        """First and last date of its report, which opens on the range; None: no limit on that side."""
        start, end = self.range.start, self.range.end
        if self.range.name != "event" or self.is_protected or self.user_id is not None:
            return start, end
        return (
            start and start - min(AROUND, start - date.min), end and end + min(AROUND, date.max - end)
        )

    @property
    def is_protected(self) -> bool:
        """Whether numbers are combined so that no protected person can be singled out."""
        return self.anonymization != "none"


def plan(
    con: duckdb.DuckDBPyConnection, *, workspaces: Sequence[str] | None, ranges: Sequence[str],
    start: date | None, end: date | None, user: str | None, are_ranges_requested: bool = False,
    published: Path | None = None, cache: Path | None = None, report_people: str = "all",
    days_without_dates: int | None = None,
) -> list[Job]:
    """The wanted folders, with the fingerprints of their content, in order of workspace and range.

    The days of their ranges may be more than those with data: ``with_days_of_data``, for those that are to be made.

    A workspace that only events name is left out once there are `workspaces` extracts, unless it is in ``workspaces``.
    A protected workspace has its own range only, also against the settings; ``are_ranges_requested``: the ranges were
    given with the command, so that another one is refused rather than left out.
    ``days_without_dates``: days of the range ``event`` of a workspace without a first or last date; None: all.
    ``published`` and ``cache`` are for ``exports.plan.content_hashes.hash_days``, which reads only what has changed.

    Raises:
        UsageError: an unknown workspace, user or range; a reversed range; a user without one workspace; another range
            of a protected workspace, or a protected user.
    """
    known = {row[0]: row[1:] for row in con.execute(
        "select workspace_id, name, timezone, starts_on, ends_on, coalesce(anonymization, 'none'),"
        " min_group_size, target_groups, coalesce(has_cookie_banner, false) from marts.dim_workspaces"
    ).fetchall()}
    chosen = _chosen(known, unnamed_workspaces(con), workspaces, user)
    names = folder_names(known)
    answered = _answered(con)
    last = con.execute("select max(load_date) from ops.load_ledger where state = 'loaded'").fetchall()[0][0]
    loads = {row[0]: Loads(*row[1:]) for row in con.execute(_LOADS).fetchall()}
    jobs = []
    for one in chosen:
        name, zone, starts_on, ends_on, anonymization, fewest, target_groups, has_banner = known[one]
        folder = Path(names[one]) if user is None else Path(names[one], "users", user_folder(con, one, user))
        own = (starts_on, ends_on)
        question = Question(one, start, end, user)
        if anonymization == "none":
            loaded = loads.get(one, Loads())
            dates = Dates(own, last, (loaded.first_date, loaded.last_date), days_without_dates)
            found = wanted_ranges(con, question, ranges, dates)
        else:
            asked = ranges if are_ranges_requested else ("event",)
            found = own_range(con, question, own, asked, has_answers=one in answered)
        jobs += [
            Job(one, name or one, zone or "UTC", anonymization, fewest, tuple(target_groups), has_banner, span,
                user, folder / span.name, loads.get(one, Loads()), report_people=report_people)
            for span in found
        ]
    version = definitions_version(con)
    spans = [Span(job.workspace_id, *job.report_days) for job in jobs]
    salts = [f"{code_version()} {version} {job.loads} {report_people}" for job in jobs]
    only = None if workspaces is None else chosen
    prints = fingerprints(con, spans, salts, workspaces=only, published=published, cache=cache)
    return [replace(job, fingerprint=one, definitions=version) for job, one in zip(jobs, prints, strict=True)]


def with_days_of_data(con: duckdb.DuckDBPyConnection, job: Job) -> Job:
    """The same folder, about the days of its range that have data."""
    return replace(job, range=cut_to_data(con, job.workspace_id, job.range))


def _answered(con: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The protected workspaces that have published answers; none in a version that is older than such answers."""
    try:
        rows = con.execute("select distinct workspace_id from marts.anonymized_answers").fetchall()
    except duckdb.CatalogException:
        return frozenset()
    return frozenset(workspace for (workspace,) in rows)


def unnamed_workspaces(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The workspaces that only events name, once `workspaces` extracts exist; any event can invent such a workspace."""
    rows = con.execute(
        "select workspace_id from marts.dim_workspaces where is_inferred"
        " and exists (from marts.dim_workspaces where not is_inferred) order by workspace_id"
    ).fetchall()
    return [workspace for (workspace,) in rows]


def _chosen(
    known: Collection[str], unnamed: Collection[str], workspaces: Sequence[str] | None, user: str | None
) -> list[str]:
    for one in workspaces or ():
        if one not in known:
            raise UsageError(
                f"No workspace {one!r} is published.",
                hint="Ids are case-sensitive; `footfall status` lists the published workspaces.",
            )
    chosen = sorted(set(known).difference(unnamed) if workspaces is None else set(workspaces))
    if user is not None and len(chosen) != 1:
        raise UsageError("A user belongs to one workspace.", hint="Name it: --workspace W --user U.")
    return chosen


def user_folder(con: duckdb.DuckDBPyConnection, workspace: str, user: str) -> str:
    """The folder name of one user among those whose ids differ in case only."""
    alike = con.execute(
        "select user_id from marts.dim_participants where workspace_id = ? and lower(user_id) = lower(?)",
        [workspace, user],
    ).fetchall()
    return folder_names([user, *(row[0] for row in alike)]).get(user, encoded(user))

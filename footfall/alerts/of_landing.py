"""Conditions of landing: nothing arrived, files changed after loading; and published data that is old."""

from datetime import UTC, date, datetime, time, timedelta

from footfall.alerts.alert import Alert
from footfall.alerts.facts import Facts
from footfall.core.zones import clocks_at, moment_of
from footfall.ingestion.lake.commit_log import read_commits
from footfall.ingestion.landing.files import discover
from footfall.ingestion.landing.hashes import known_hashes, with_hashes
from footfall.ingestion.landing.new_versions import find_new_versions
from footfall.ingestion.ledger.ledger import Lake


def nothing_arrived(facts: Facts) -> Alert | None:
    """No event file of the expected arrival date is there, and ``freshness.arrival_by`` has passed."""
    wanted = facts.settings.freshness
    zone = facts.settings.schedule.timezone
    deadline = _last_deadline(facts.now, wanted.arrival_by, zone) if wanted.arrival_by else None
    if deadline is None:
        return None
    expected = deadline.date() - timedelta(days=wanted.arrival_of == "yesterday")
    files, _ = discover(facts.home, facts.settings)
    newest = max((file.load_date for file in files if file.kind == "events"), default=None)
    if newest is not None and newest >= expected.isoformat():
        return None
    so_far = f"The newest is of {newest}." if newest else "There is no other."
    return Alert(
        "nothing_arrived",
        f"No event file of arrival date {expected} had arrived by {wanted.arrival_by} ({zone}). {so_far}",
        "Look whether the collector writes into landing/events. Files that come late are loaded by the next run.",
        deadline, newest or "none",
    )


def _last_deadline(now: datetime, by: str, zone: str) -> datetime | None:
    """The last time of day ``by`` that has passed, as UTC; None where the zone is unknown (`doctor` names it)."""
    import duckdb  # costs 0.1 s, which a night with nothing new does not pay

    try:
        (clock,) = clocks_at(zone, [now])
        today = datetime.combine(clock.date(), time.fromisoformat(by))
        moments = (moment_of(zone, today), moment_of(zone, today - timedelta(days=1)))
    except duckdb.Error:
        return None
    return moments[0] if moments[0] <= now else moments[1]


def old_data(facts: Facts) -> Alert | None:
    """The newest published load date ended longer ago than ``freshness.max_data_hours``."""
    hours, newest = facts.settings.freshness.max_data_hours, facts.current.get("load_date")
    if hours is None or not newest:
        return None
    ended = datetime.combine(date.fromisoformat(newest) + timedelta(days=1), time(), UTC)
    if facts.now - ended <= timedelta(hours=hours):
        return None
    return Alert(
        "old_data", f"The newest published data is of load date {newest}; it should be at most {hours:g} hours old.",
        "`footfall status` shows what waits in landing and how the last runs ended.", ended + timedelta(hours=hours),
        newest,
    )


def changed_files(facts: Facts, lake: Lake) -> Alert | None:
    """Landing files have other content than what was loaded from them. Only files that look changed are read."""
    loaded = {row["file"] for row in lake.ledger}
    if not loaded:
        return None
    commits = read_commits(facts.home)
    files = [file for file in discover(facts.home, facts.settings)[0] if file.path in loaded]
    found = find_new_versions(facts.home, with_hashes(facts.home, files, known_hashes(facts.home, commits)), commits)
    # Of each file that cannot take the place of its old version there is one warning.
    number = len(found.files) + len(found.warnings)
    if not number:
        return None
    files_are = "One loaded file has" if number == 1 else f"{number:,} loaded files have"
    stuck = len(found.warnings)
    rest = f" {stuck:,} of them cannot take the place of the old version." if stuck else ""
    return Alert(
        "changed_files", f"{files_are} changed in landing since.{rest}",
        "`footfall run` loads the new versions in place of the old ones, and names those that it cannot.", facts.now,
        f"{len(found.files)} {stuck}",
    )

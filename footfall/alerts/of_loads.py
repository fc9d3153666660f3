"""Conditions of the last load: its volume, and lines, values and files that could not be used."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from footfall.alerts.alert import Alert
from footfall.alerts.facts import Facts
from footfall.checks.volume import loads
from footfall.core.moments import as_moment
from footfall.ingestion.ledger.ledger import Lake

#: Files quarantined whole are an alert as long as their load date is one of the last days of the loads.
_DAYS = 7


def unusual_volume(facts: Facts, lake: Lake) -> Alert | None:
    """A load date far from the 7 before: by the bounds and numbers of the check of the same name.

    A load date that has not ended may get more lines, so it is not looked at for too few.
    """
    dates = _last_dates(lake)
    today = facts.now.date().isoformat()
    ended = [commit.load_date for commit in lake.commits if commit.load_date < today]
    bounds, odd = facts.settings.checks, []
    for row in loads(lake, sorted({*dates, max(ended, default="")} - {""})):
        ratio = row["volume_ratio"]
        if ratio is not None and (
            ratio > bounds.max_volume_ratio or (ratio < bounds.min_volume_ratio and row["load_date"] < today)
        ):
            odd.append(row)
    if not odd:
        return None
    last = odd[-1]
    more = f" So {'has' if len(odd) == 2 else 'have'} {_number(len(odd) - 1, 'other load date')}." if odd[1:] else ""
    return Alert(
        "unusual_volume",
        f"Load date {last['load_date']} has {_number(last['loaded'], 'line')}, {last['volume_ratio']:.2g} times the "
        f"median of the 7 load dates before.{more}",
        "Look whether the collector delivered everything once, in landing/events. Where the volume is right, change "
        "`checks.min_volume_ratio` or `checks.max_volume_ratio`.",
        _loaded_at(facts, lake, [row["load_date"] for row in odd]), " ".join(row["load_date"] for row in odd),
    )


def rejected_lines(facts: Facts, lake: Lake) -> Alert | None:
    """The share of rejected lines of the last load is above ``alerts.max_rejected_share``, of events or an entity."""
    return _share(
        facts, lake, "rejected_lines", "quarantined", "lines_in", facts.settings.alerts.max_rejected_share,
        "lines of {source} of load date {day} were rejected",
        "`footfall quarantine list` names them. Repair the files, then `footfall run`; or change the mapping in "
        "footfall.yml, then `footfall quarantine replay`.",
    )


def repaired_values(facts: Facts, lake: Lake) -> Alert | None:
    """The share of loaded lines with a value that could not be used is above ``alerts.max_repaired_share``."""
    return _share(
        facts, lake, "repaired_values", "repaired", "loaded", facts.settings.alerts.max_repaired_share,
        "lines of {source} of load date {day} were loaded without a value that could not be used",
        "`footfall quarantine list --repaired` counts them by field. A field that has another form now needs a mapping "
        "in footfall.yml.",
    )


def _share(
    facts: Facts, lake: Lake, kind: str, part: str, whole: str, bound: float, what: str, to_do: str
) -> Alert | None:
    dates = _last_dates(lake)
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in lake.ledger:
        if row["state"] == "loaded" and row["load_date"] in dates:
            source = "events" if row["kind"] == "events" else row["source"]
            for name in (part, whole):
                counts[row["load_date"], source, name] += row[name]
    high = [
        (counts[day, source, part] / counts[day, source, whole], day, source)
        for day, source, name in sorted(counts)
        if name == part and counts[day, source, whole]
        and counts[day, source, part] / counts[day, source, whole] > bound
    ]
    if not high:
        return None
    share, day, source = max(high)
    found, of_all = counts[day, source, part], counts[day, source, whole]
    others = f" The share is above {bound:.0%} for {_number(len(high) - 1, 'other load')} too." if high[1:] else ""
    return Alert(
        kind, f"{found:,} of {of_all:,} ({share:.0%}) {what.format(source=source, day=day)}.{others}", to_do,
        _loaded_at(facts, lake, [one for _, one, _ in high]), " ".join(f"{one} {name}" for _, one, name in high),
    )


def quarantined_files(facts: Facts, lake: Lake) -> Alert | None:
    """Files that could not be read at all. Their names are not in the alert: they may be those of people."""
    newest = max((row["load_date"] for row in lake.ledger), default=None)
    if newest is None:
        return None
    first = (date.fromisoformat(newest) - timedelta(days=_DAYS - 1)).isoformat()
    found = [row for row in lake.ledger if row["state"] == "quarantined" and row["load_date"] >= first]
    if not found:
        return None
    days = sorted({row["load_date"] for row in found})
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return Alert(
        "quarantined_files", f"{_number(len(found), 'landing file').capitalize()} of {span} could not be used and "
        f"{'is' if len(found) == 1 else 'are'} quarantined whole.",
        "`footfall quarantine list` names them and says why. Deliver them again under the same names, or remove them; "
        "then `footfall run`.",
        min(_moment(facts, row) for row in found), _digest(found),
    )


def _last_dates(lake: Lake) -> set[str]:
    """The load dates of the last run that loaded something."""
    loaded = [commit for commit in lake.commits if commit.kind != "erasure"]
    return {commit.load_date for commit in loaded if commit.run_id == loaded[-1].run_id} if loaded else set()


def _loaded_at(facts: Facts, lake: Lake, days: list[str]) -> datetime:
    moments = [as_moment(commit.committed_at) for commit in lake.commits if commit.load_date in days]
    return min((moment for moment in moments if moment is not None), default=facts.now)


def _moment(facts: Facts, row: Mapping[str, Any]) -> datetime:
    return as_moment(row.get("loaded_at")) or facts.now


def _digest(rows: list[Mapping[str, Any]]) -> str:
    text = "\n".join(sorted(f"{row['file']} {row['sha256']}" for row in rows))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _number(number: int, thing: str) -> str:
    return f"one {thing}" if number == 1 else f"{number:,} {thing}s"

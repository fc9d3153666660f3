"""Which alerts are open, and what each channel knows of them: ``<home>/lake/history/alerts.json``.

A channel gets an alert once, once more when it changes, and once when it is over. What could not be sent is due again
at the next time; a channel that could not be reached from the beginning of an alert to its end gets one message about
all of it. The file has the texts of alerts, so nothing of people; a cut file counts as empty: open alerts are
then sent again.
"""

import fcntl
import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from footfall.alerts.alert import KINDS, Alert
from footfall.core.home import Home
from footfall.core.moments import as_moment
from footfall.core.state_files import read_json, write_json
from footfall.publishing.history import history_folder

_VERSION = 1
State = Literal["open", "changed", "over", "missed"]


@dataclass
class Entry:
    """An alert that is open, or over and not yet reported as over to every channel.

    Attributes:
        delivered: the signature that each channel got last, by name.
        missed: since when the condition holds of which a channel got nothing, by name of the channel.
        until: when it was found to be over.
    """

    since: datetime
    summary: str
    to_do: str
    signature: str
    workspaces: tuple[str, ...] = ()
    is_over: bool = False
    delivered: dict[str, str] = field(default_factory=dict)
    missed: dict[str, datetime] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """What a channel has to be sent of one alert; ``missed``: one that is over, of which it got nothing before."""

    kind: str
    state: State
    summary: str
    to_do: str
    since: datetime
    workspaces: tuple[str, ...] = ()
    until: datetime | None = None


@contextmanager
def hold_state(home: Home, deadline: float) -> Iterator[bool]:
    """Let one process at a time send alerts of a home.

    Args:
        deadline: until when to wait for another one, by ``time.monotonic``.

    Yields:
        Whether it is this one; where another does not end in time, its next look finds the same conditions.

    Raises:
        OSError: the lock file cannot be made.
    """
    path = history_folder(home) / "alerts.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                time.sleep(0.05)
        yield True


def read_state(home: Home) -> dict[str, Entry]:
    """Entries by kind; those that cannot be read are left out."""
    document = (read_json(_path(home)) or {}).get("alerts")
    found = {kind: _entry(values) for kind, values in (document.items() if isinstance(document, dict) else ())}
    return {kind: entry for kind, entry in found.items() if entry is not None and kind in KINDS}


def write_state(home: Home, entries: Mapping[str, Entry]) -> None:
    """Write the entries, unless the file has them already.

    Raises:
        OSError: it cannot be written; the old text stays.
    """
    if entries == read_state(home):
        return
    alerts = {
        kind: {
            "since": entry.since.isoformat(), "summary": entry.summary, "to_do": entry.to_do,
            "signature": entry.signature, "workspaces": list(entry.workspaces), "is_over": entry.is_over,
            "delivered": entry.delivered,
            "missed": {name: since.isoformat() for name, since in entry.missed.items()},
            "until": entry.until.isoformat() if entry.until else None,
        }
        for kind, entry in entries.items()
    }
    write_json(_path(home), {"version": _VERSION, "alerts": alerts})


def update(
    entries: Mapping[str, Entry], found: Mapping[str, Alert | None], channels: Collection[str], now: datetime
) -> dict[str, Entry]:
    """The entries after a look at the conditions.

    Args:
        found: by kind; kinds that could not be evaluated are missing and stay as they are.
        channels: names of those that are configured; others are forgotten.
        now: UTC.
    """
    updated = {}
    for kind in KINDS:
        old, is_known = entries.get(kind), kind in found
        alert = found.get(kind)
        known = _of_channels(old, channels) if old is not None else {}
        if not is_known and old is not None:
            updated[kind] = replace(old, **known)
        elif alert is not None:
            since = old.since if old is not None and not old.is_over else alert.since
            updated[kind] = Entry(
                since, alert.summary, alert.to_do, _digest(alert.signature), alert.workspaces, **known
            )
        elif old is not None:
            updated[kind] = replace(old, is_over=True, until=old.until or now, **known)
    return {kind: entry for kind, entry in updated.items() if not entry.is_over or entry.delivered or entry.missed}


def _of_channels(entry: Entry, channels: Collection[str]) -> dict[str, Any]:
    return {
        "delivered": {name: sent for name, sent in entry.delivered.items() if name in channels},
        "missed": {name: since for name, since in entry.missed.items() if name in channels},
    }


def due(entries: Mapping[str, Entry], channel: str) -> list[Notice]:
    """What a channel does not know yet."""
    notices = []
    for kind, entry in entries.items():
        known = entry.delivered.get(channel)
        if entry.is_over:
            if known is not None:
                notices.append(Notice(kind, "over", KINDS[kind].over, "", entry.since, until=entry.until))
            elif channel in entry.missed:
                since = entry.missed[channel]
                notices.append(Notice(kind, "missed", entry.summary, "", since, entry.workspaces, entry.until))
        elif known != entry.signature:
            state: State = "open" if known is None else "changed"
            notices.append(Notice(kind, state, entry.summary, entry.to_do, entry.since, entry.workspaces))
    return notices


def delivered(entries: Mapping[str, Entry], channel: str) -> dict[str, Entry]:
    """The entries after a channel got all that was due."""
    after = {}
    for kind, entry in entries.items():
        sent = {name: signature for name, signature in entry.delivered.items() if name != channel}
        missed = {name: since for name, since in entry.missed.items() if name != channel}
        if not entry.is_over:
            sent[channel] = entry.signature
        if sent or missed or not entry.is_over:
            after[kind] = replace(entry, delivered=sent, missed=missed)
    return after


def not_delivered(entries: Mapping[str, Entry], channel: str) -> dict[str, Entry]:
    """The entries after a channel could not be reached: open ones that it knows nothing of are remembered."""
    return {
        kind: entry if entry.is_over or channel in entry.delivered
        else replace(entry, missed={channel: entry.since, **entry.missed})
        for kind, entry in entries.items()
    }


def _entry(values: Any) -> Entry | None:
    if not isinstance(values, dict):
        return None
    since, workspaces, sent = as_moment(values.get("since")), values.get("workspaces"), values.get("delivered")
    missed = values.get("missed")
    moments = {str(name): as_moment(one) for name, one in missed.items()} if isinstance(missed, dict) else {}
    texts = [text for name in ("summary", "to_do", "signature") if isinstance(text := values.get(name), str)]
    if since is None or len(texts) < 3:
        return None
    return Entry(
        since, texts[0], texts[1], texts[2], tuple(map(str, workspaces)) if isinstance(workspaces, list) else (),
        values.get("is_over") is True,
        {str(name): str(one) for name, one in sent.items()} if isinstance(sent, dict) else {},
        {name: one for name, one in moments.items() if one is not None}, as_moment(values.get("until")),
    )


def _digest(signature: str) -> str:
    return hashlib.sha256(signature.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _path(home: Home) -> Path:
    return history_folder(home) / "alerts.json"

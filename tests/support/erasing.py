"""A home's bytes, searched without any help of the code under test; and a landing zone kept to be delivered again."""

import gzip
import json
import re
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from footfall.core.home import Home
from tests.support.unpacked import unpacked


def places_of(root: Path, texts: Collection[str]) -> set[str]:
    """Files below ``root`` whose name, bytes or unpacked content holds one of ``texts`` anywhere."""
    spelled = {form for text in texts for form in (text, json.dumps(text)[1:-1])}
    pattern = re.compile(b"|".join(re.escape(text.encode()) for text in sorted(spelled, key=len, reverse=True)))
    return {
        path.relative_to(root).as_posix() for path in root.rglob("*")
        if pattern.search(path.name.encode())
        or (path.is_file() and any(pattern.search(part) for part in unpacked(path)))
    }


def participants(home: Home) -> dict[tuple[str, str], dict]:
    """The newest row of every participant in the landing zone."""
    found = {}
    for path in sorted((home.landing / "entities").rglob("participants.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            if row:
                found[row["workspace_id"], row["user_id"]] = row
    return found


def event_lines(home: Home) -> Iterator[dict]:
    """Every line of the event files that is a JSON object."""
    for path in sorted((home.landing / "events").rglob("*.gz")):
        for line in gzip.decompress(path.read_bytes()).split(b"\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def traces(home: Home, people: Collection[tuple[str, str]]) -> set[str]:
    """What identifies ``people`` and no others: ids, e-mails, full names, devices only they signed in on."""
    owners: dict[str, set[tuple[str, str]]] = {}
    for person, row in participants(home).items():
        for text in (row["user_id"], row["email"], f"{row['first_name']} {row['last_name']}"):
            owners.setdefault(text, set()).add(person)
    for row in event_lines(home):
        context = row.get("context")
        if not isinstance(row.get("userId"), str) or not isinstance(context, dict) or not context.get("groupId"):
            continue
        device = context.get("device") or {}
        for text in filter(None, (row.get("anonymousId"), device.get("id") if isinstance(device, dict) else None)):
            owners.setdefault(text, set()).add((context["groupId"], row["userId"]))
    for text in _titles(home):
        # a speaker who happens to have the name of a participant is another person
        owners.get(text, set()).add(("", ""))
    return {text for text, who in owners.items() if who <= set(people)}


def _titles(home: Home) -> Iterator[str]:
    for path in (home.landing / "entities").rglob("content.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["title"] if line.strip() else ""


def deliver_again(kept: Path, home: Home, *, under_another_name: bool = False) -> None:
    """Put the files of a landing zone kept aside in place, as they were or with other names a day later."""
    for path in sorted(kept.rglob("*")):
        if not path.is_file():
            continue
        target = home.landing / path.relative_to(kept)
        if under_another_name:
            day = target.parent.name
            later = f"{day[:-2]}{int(day[-2:]) + 10:02d}"
            prefix = "" if target.suffix == ".jsonl" else "again-"
            target = target.parent.parent / later / (prefix + target.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)

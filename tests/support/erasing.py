"""A home's bytes, searched without any help of the code under test; and a landing zone kept to be delivered again."""

import gzip
import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import quote

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


def spelled(text: str) -> set[str]:
    """A text as programs write it: composed or not, in other cases, without marks, escaped for URLs (once and twice),
    JSON and HTML; of a name also with the last name first."""
    words = text.split(" ")
    first, last = " ".join(words[:-1]), words[-1]
    plain = {text, f"{last}, {first}", f"{last} {first}"} if first else {text}
    plain |= {"".join(c for c in unicodedata.normalize("NFD", one) if not unicodedata.combining(c)) for one in plain}
    plain |= {change(one) for one in plain for change in (str.upper, str.lower)}
    plain |= {unicodedata.normalize(form, one) for one in plain for form in ("NFC", "NFD")}
    found = set(plain)
    for one in plain:
        escaped = json.dumps(one)[1:-1]
        upper = re.sub(r"\\u([0-9a-f]{4})", lambda code: "\\u" + code[1].upper(), escaped)
        url = quote(one, safe="")
        found |= {escaped, upper, url, quote(url, safe=""), url.replace("%20", "+")}
        found.add(one.encode("ascii", "xmlcharrefreplace").decode())
    return found


def spelled_places(root: Path, texts: Collection[str]) -> set[str]:
    """Files below ``root`` whose name, bytes or unpacked content has one of ``texts`` in any spelling, by `grep`."""
    with tempfile.TemporaryDirectory() as folder:
        patterns = Path(folder) / "patterns"
        patterns.write_bytes(b"\n".join(sorted({form.encode() for text in texts for form in spelled(text)})) + b"\n")
        unpacked_files = Path(folder) / "unpacked"
        unpacked_files.mkdir()
        places = {}
        for number, path in enumerate(sorted(root.rglob("*"))):
            places[str(number)] = path.relative_to(root).as_posix()
            parts = [path.name.encode(), *(unpacked(path) if path.is_file() else ())]
            (unpacked_files / str(number)).write_bytes(b"\n".join(parts))
        done = subprocess.run(
            ["grep", "-r", "-l", "-a", "-i", "-F", "-f", patterns, "."], cwd=unpacked_files, capture_output=True,
            check=False, env={**os.environ, "LC_ALL": "C"}, text=True,
        )
        assert done.returncode in (0, 1), done.stderr
        return {places[line.removeprefix("./")] for line in done.stdout.splitlines()}


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
        # a dirty sample has ids that are no text; they are somebody's too
        if row.get("userId") is None or not isinstance(context, dict) or not context.get("groupId"):
            continue
        device = context.get("device") or {}
        for text in filter(None, (row.get("anonymousId"), device.get("id") if isinstance(device, dict) else None)):
            owners.setdefault(text, set()).add((context["groupId"], str(row["userId"])))
    for text in _titles(home):
        # a speaker who happens to have the name of a participant is another person
        owners.get(text, set()).add(("", ""))
    own = {text for text, who in owners.items() if who <= set(people)}
    others = "\n".join(text for text, who in owners.items() if not who <= set(people)) + "\n".join(_titles(home))
    return {text for text in own if text.casefold() not in others.casefold()}


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

"""A small sample whose people have names that occur nowhere else, so that a search for them finds them or nothing."""

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from footfall.core.home import Home
from footfall.sample.generate import generate

#: Workspaces of the sample, and the setting each gets.
FULL, DOMAINS = "summit-2026", "expo-2026"
HIDDEN_DOMAIN = "hidden.example"
_USER = re.compile(r"\bu(\d{5})\b")


def make_sample(home: Home, *, k: int, participants: int = 60, days: int = 4) -> None:
    """Write the landing zone: two workspaces of their whole data, everyone protected in one, a third in the other."""
    generate(home, workspaces=2, participants=participants, days=days, seed=7)
    favourites = {FULL: Counter(), DOMAINS: Counter()}
    for path in _files(home):
        for line in _read(path):
            one = json.loads(line)
            query = (one.get("properties") or {}).get("query")
            if query:
                favourites[one["context"]["groupId"]][query] += 1
    for path in _files(home):
        entity = path.stem.split(".")[0] if "entities" in path.parts else ""
        lines = [json.dumps(_changed(json.loads(line), entity, k, favourites), ensure_ascii=False)
                 for line in _read(path)]
        _write(path, lines if entity else [*lines, *_unusable(lines)])


def _unusable(lines: list[str]) -> Iterator[str]:
    """Lines of protected people that quarantine keeps: cut off, and with an unreadable time."""
    line = next((one for one in lines if json.loads(one).get("userId") == "qfuser00003"), None)
    if line is not None:
        yield line[:-20]
        yield json.dumps(json.loads(line) | {"messageId": names("qfuser00003")["email"], "timestamp": "soon"})


def _changed(one: dict[str, Any], entity: str, k: int, favourites: dict[str, Counter]) -> dict[str, Any]:
    workspace = one.get("workspace_id") or one.get("context", {}).get("groupId")
    mark = "qf" if workspace == FULL else "qd"
    one = json.loads(_USER.sub(lambda found: f"{mark}user{found[1]}", json.dumps(one)))
    if entity == "workspaces":
        one |= {"anonymization": "full" if workspace == FULL else "domains", "starts_on": None, "ends_on": None,
                "anonymized_domains": [] if workspace == FULL else [f" @{HIDDEN_DOMAIN.upper()} "], "min_group_size": k}
    elif entity == "participants":
        # a sponsor's people are known by its name, which is the organiser's own content
        one |= names(one["user_id"]) | ({"company": one["company"]} if one["role"] == "sponsor" else {})
    else:
        # The sample's people have the same devices everywhere; here nothing is shared.
        if one.get("anonymousId"):
            one["anonymousId"] = mark + one["anonymousId"]
        if (one.get("context") or {}).get("device"):
            one["context"]["device"]["id"] = mark.upper() + one["context"]["device"]["id"]
        properties = one.get("properties") or {}
        # The most frequent searches are names of people.
        names_searched = zip(favourites[workspace].most_common(2), ("last_name", "first_name"), strict=False)
        for (query, _), name in names_searched:
            if properties.get("query") == query:
                properties["query"] = f"{names(f'{mark}user00003')[name]} bio"
    return one


def names(user_id: str) -> dict[str, str]:
    """What identifies a user: one in three has an e-mail address of the hidden domain."""
    token = hashlib.sha256(user_id.encode()).hexdigest()[:8].translate(str.maketrans("0123456789", "ghijklmnop"))
    domain = HIDDEN_DOMAIN if int(user_id[-5:]) % 3 == 0 else "open.example"
    return {
        "first_name": f"Vor{token}", "last_name": f"Nach{token}", "email": f"Post{token}@{domain}",
        "company": f"Firma{token}", "job_title": f"Amt{token}", "profile_url": f"https://app.example/Seite{token}",
    }


def _files(home: Home) -> Iterator[Path]:
    return (path for path in sorted(home.landing.rglob("*")) if path.is_file())


def _read(path: Path) -> list[str]:
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode().splitlines()


def _write(path: Path, lines: list[str]) -> None:
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data, 1, mtime=0) if path.suffix == ".gz" else data)

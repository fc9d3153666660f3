"""`footfall status`: what is loaded, published, exported; the ledger's totals; how fresh it is."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from footfall.core.collection import without_collection
from footfall.core.home import Home
from footfall.core.state_files import read_json
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, existing_home

if TYPE_CHECKING:
    from footfall.ingestion.ledger.ledger import Lake

EXAMPLE = "Example: footfall status --home data --json"
COUNTS = ("lines_in", "loaded", "duplicates", "quarantined", "no_consent", "erased")


def status(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> int:
    """Show what is loaded, published, exported and waiting, and whether the ledger adds up. Changes nothing."""
    with without_collection():
        return _status(existing_home(home), as_json)


def _status(place: Home, as_json: bool) -> int:
    from footfall.core.settings import load_settings
    from footfall.ingestion.landing.pending import Pending, pending
    from footfall.ingestion.ledger.ledger import Lake, read_lake
    from footfall_cli import console
    from footfall_cli.alerts import open_kinds
    from footfall_cli.nights import night_facts
    from footfall_cli.sections import Sections
    from footfall_cli.summary import damage_facts
    from orchestration.damage import look_for_damage
    from orchestration.pending_work import failed_exports

    settings = load_settings(place)
    parts = Sections(place)
    seen = parts.read("damage", lambda: look_for_damage(place), None)
    damage = seen or []
    is_readable = not any(one.path.parent == place.commits for one in damage)
    empty: list[Any] = []
    nothing = Lake(0, 0, (), (), (), ())
    lake = parts.read("loaded", lambda: read_lake(place), nothing) if is_readable else nothing
    waiting = parts.read("waiting", lambda: pending(place, settings), Pending()) if is_readable else Pending()
    document = {
        "command": "status",
        "exit_code": 0,
        "home": place.root,
        "nights": parts.read("nights", lambda: night_facts(place, settings), empty),
        "alerts": parts.read("alerts", lambda: open_kinds(place, settings, seen), empty),
        "waiting": {"files": len(waiting.files), "load_dates": list(waiting.load_dates)},
        "loaded": parts.read("loaded", lambda: _loaded(lake), _loaded(nothing)),
        "ledger": parts.read("ledger", lambda: _ledger(lake), _ledger(nothing)),
        "published": parts.read("published", lambda: _published(place, lake), None),
        "held_back": parts.read("held back", lambda: _held_back(place), empty),
        "exported": parts.read("exported", lambda: _exported(place), empty),
        "failed_exports": parts.read("failed exports", lambda: [str(path) for path in failed_exports(place)], empty),
        "last_runs": parts.read("last runs", lambda: _runs(place), empty),
        "lock": _holder(place),
        "damage": damage_facts(place, damage),
        "problems": parts.problems,
    }
    console.emit(document, as_json, _as_text(document))
    return 0


def _loaded(lake: "Lake") -> dict[str, Any]:
    days = sorted({str(commit.load_date) for commit in lake.commits})
    return {
        "load_dates": len(days), "first": days[0] if days else None, "last": days[-1] if days else None,
        "files": len(lake.ledger), "commits": lake.seq,
    }


def _ledger(lake: "Lake") -> dict[str, Any]:
    totals = {name: sum(row[name] for row in lake.ledger) for name in COUNTS}
    wrong = sum(row["lines_in"] != sum(row[name] for name in COUNTS[1:]) for row in lake.ledger)
    whole = sum(row["state"] == "quarantined" for row in lake.ledger)
    repaired = sum(row.get("repaired", 0) for row in lake.ledger)
    return {**totals, "repaired": repaired, "files_quarantined": whole, "adds_up": not wrong}


def _published(home: Home, lake: "Lake") -> dict[str, Any] | None:
    from footfall_cli.summary import current_version

    current = current_version(home)
    if not current:
        return None
    load_date = current["load_date"]
    age = (datetime.now(UTC).date() - date.fromisoformat(load_date)).days if load_date else None
    return {
        "run_id": current["run_id"], "published_at": current["published_at"], "load_date": load_date,
        "days_old": age, "commits_behind": lake.seq - current["lake_seq"], "tables": dict(current["tables"]),
        "file": home.published_file, "data_as_of": dict(current.get("data_as_of", {})),
    }


def _held_back(home: Home) -> list[dict[str, str]]:
    from footfall_cli.summary import current_version

    held = current_version(home).get("held_back", [])
    return [{name: one[name] for name in ("workspace_id", "load_date", "source")} for one in held]


def _exported(home: Home) -> list[dict[str, Any]]:
    """One entry a finished folder."""
    found = []
    for path in sorted(home.exports.glob("*/*/manifest.json")):
        manifest = read_json(path)
        try:
            files = manifest["files"].values() if manifest else ()
            size = sum(file["bytes"] for file in files)
        except (KeyError, TypeError, AttributeError):
            continue  # damaged: `look_for_damage` names it
        if files:
            found.append(
                {"folder": str(path.parent.relative_to(home.exports)), "files": len(files), "bytes": size}
            )
    return found


def _runs(home: Home, number: int = 5) -> list[dict[str, Any]]:
    from footfall.publishing.history import read_runs

    names = ("run_id", "kind", "status", "started_at", "finished_at", "load_date_from", "load_date_to", "loaded")
    return [{name: run.get(name) for name in names} for run in read_runs(home)[-number:]]


def _holder(home: Home) -> dict[str, Any] | None:
    from footfall.core import lock

    holder = lock.holder(home)
    return {**asdict(holder), "is_alive": holder.is_alive} if holder else None


def _as_text(document: dict[str, Any]) -> str:
    from footfall_cli import console
    from footfall_cli.alerts import as_line
    from footfall_cli.nights import nights_as_text
    from footfall_cli.sections import problems_as_text
    from footfall_cli.summary import damage_as_text, held_back_as_text

    waiting, loaded, published = document["waiting"], document["loaded"], document["published"]
    dates = f"{loaded['load_dates']} load dates, {loaded['first']} to {loaded['last']}"
    parts = [
        console.facts(
            f"Home {document['home']}",
            [
                ("waiting", f"{waiting['files']} files{_span(waiting['load_dates'])}"),
                ("loaded", f"{loaded['files']} files of {dates}" if loaded["files"] else "nothing yet"),
                ("alerts", as_line(document["alerts"])),
            ],
        ),
        *nights_as_text(document["nights"]),
        *problems_as_text(document["problems"]),
        console.facts("Ledger", list(document["ledger"].items())),
    ]
    if published:
        names = ("load_date", "days_old", "published_at", "commits_behind", "file")
        parts.append(console.facts("Published", [(name, published[name]) for name in names]))
        if published["data_as_of"]:
            states = sorted(published["data_as_of"].items())
            parts.append(console.table("Anonymised workspaces", ["workspace", "data as of"], states))
        parts.append(console.table("Tables", ["table", "rows"], list(published["tables"].items())))
    else:
        is_empty = not (waiting["files"] or loaded["files"])
        landing = f"{document['home']}/landing/events/<arrival date>/"
        place = f"Put event files into {landing}, then" if is_empty else "To do:"
        parts.append(f"Nothing is published yet. {place} `footfall run`.")
    if document["exported"]:
        rows = [list(one.values()) for one in document["exported"]]
        parts.append(console.table("Exports", ["folder", "files", "bytes"], rows))
    parts += held_back_as_text(document["held_back"])
    if document["failed_exports"]:
        rows = [[path] for path in document["failed_exports"]]
        parts.append(console.table("Exports that failed; the next run tries again", ["path"], rows))
    parts += damage_as_text(document["damage"], "Damaged files; the next `footfall run` makes them again")
    if document["lock"]:
        holder = document["lock"]
        state = "is at work" if holder["is_alive"] else "was cut off; the next run takes over"
        parts.append(f"Process {holder['pid']} ({holder['command']}, since {holder['since']}) {state}.")
    return "\n\n".join(parts)


def _span(days: Sequence[Any]) -> str:
    return f", arrived {days[0]} to {days[-1]}" if days else ""

"""The result of a run, as a document and as text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from footfall.core.errors import ExportsFailed, FootfallError
from footfall.core.home import Home
from footfall.core.state_files import read_json
from footfall_cli import console, next_steps
from footfall_cli.errors import as_document

if TYPE_CHECKING:
    from exports.build_all import Exported
    from footfall.checks.result import CheckResult
    from footfall.ingestion.load_result import LoadResult
    from orchestration.apply_retention import Removed
    from orchestration.damage import Damage
    from orchestration.pending_work import PendingWork
    from orchestration.run_job import Outcome

#: Quarantined files that the text names; `--json` names all.
_MOST_FILES = 20
LINES = ("lines_in", "loaded", "repaired", "duplicates", "quarantined", "no_consent", "erased")


def of_run(
    home: Home, outcome: "Outcome", error: FootfallError | None, seconds: float, removed: "Removed | None" = None
) -> dict[str, Any]:
    """The document of a run that did something, complete or not."""
    run = outcome.run_context
    loaded, published, exported = run.loaded, run.published, run.exported
    statuses = Counter(_status(result) for result in run.checks)
    return {
        "command": run.command,
        "outcome": "done" if error is None else "exports_failed" if isinstance(error, ExportsFailed) else "failed",
        "exit_code": error.exit_code if error else 0,
        "run_id": outcome.run_id,
        "home": home.root,
        "load_dates": list(loaded.load_dates) if loaded else [],
        "files": _files(loaded),
        "lines": {name: getattr(loaded, name, 0) for name in LINES},
        "quarantined_by_reason": _reasons(loaded),
        "repaired_values": dict(sorted(loaded.repaired_values.items())) if loaded else {},
        "quarantined_files": dict(sorted(loaded.quarantined_files.items())) if loaded else {},
        "tables": dict(sorted(published.tables.items())) if published else {},
        "restated": published.restated if published else 0,
        "checks": {
            **{name: statuses[name] for name in ("passed", "warned", "failed", "crashed")},
            "not_passed": [result.to_json() for result in run.checks if result.status != "passed"],
        },
        "held_back": current_version(home).get("held_back", []),
        "exports": exports_facts(exported) if exported else {},
        "retention": removed.facts if removed else {},
        "warnings": list(loaded.warnings) if loaded else [],
        "error": as_document(error) if error else None,
        "seconds": {"total": seconds, **run.seconds},
        "open": open_paths(home),
    }


def of_nothing(home: Home, work: "PendingWork", seconds: float, removed: "Removed") -> dict[str, Any]:
    """The document of a run that found nothing to do."""
    from orchestration.pending_work import nothing_new

    current = current_version(home)
    is_empty = not current and not any(home.commits.glob("*.json"))
    return {
        "command": "run",
        "outcome": "nothing_to_load" if is_empty else "nothing_new",
        "reason": nothing_new(home),
        "exit_code": 0,
        "home": home.root,
        "load_dates": [],
        "files": _files(None),
        "lines": dict.fromkeys(LINES, 0),
        "quarantined_by_reason": {},
        "repaired_values": {},
        "quarantined_files": {},
        "tables": current.get("tables", {}),
        "published": {name: current.get(name) for name in ("run_id", "published_at", "load_date")} if current else None,
        "held_back": current.get("held_back", []),
        "landing": home.landing,
        "retention": removed.facts,
        "damage": [],
        "warnings": _pending_warnings(work),
        "error": None,
        "seconds": {"total": seconds},
        "open": open_paths(home),
    }


def current_version(home: Home) -> dict[str, Any]:
    """`published/current.json`; empty when nothing is published."""
    return read_json(home.current) or {}


def open_paths(home: Home) -> list[str]:
    """The files that a person would open now, of those that exist."""
    from exports.folder.places import places

    folders = sorted(place for place in places(str(home.exports)) if place.count("/") == 1)
    firsts = [
        next((path for folder in folders if (path := home.exports / folder / name).exists()), None)
        for name in ("report.html", "interaction_stats.xlsx")
    ]
    paths = [home.exports / "index.html", *firsts, home.published_file]
    return [str(path) for path in paths if path is not None and path.exists()]


def nothing_as_text(document: dict[str, Any]) -> str:
    text = document["reason"]
    if document["outcome"] == "nothing_to_load":
        text += "\nPut event files into its folder events/<arrival date>/, or write a sample with `footfall sample`."
    notes = [*_retention(document), *(f"Warning: {warning}" for warning in document["warnings"])]
    text = "\n".join([text, *notes, *held_back_as_text(document["held_back"])])
    return _with_paths(text, document)


def as_text(document: dict[str, Any]) -> str:
    """The tables at the end of a run."""
    lines, files, checks = document["lines"], document["files"], document["checks"]
    parts = []
    if document["load_dates"]:
        days = document["load_dates"]
        parts.append(console.facts(f"Load dates {days[0]} to {days[-1]}", [*files.items(), *lines.items()]))
    if document["quarantined_by_reason"]:
        parts.append(console.table("Quarantined", ["reason", "lines"], list(document["quarantined_by_reason"].items())))
    if files_by_name := list(document["quarantined_files"].items()):
        parts.append(console.table("Quarantined files", ["file", "reason"], files_by_name[:_MOST_FILES]))
        if len(files_by_name) > _MOST_FILES:
            parts.append(f"and {len(files_by_name) - _MOST_FILES:,} more: `footfall quarantine list`.")
    if document["repaired_values"]:
        rows = [[*value.split(": ", 1), lines] for value, lines in document["repaired_values"].items()]
        parts.append(console.table("Repaired: loaded without a value", ["field", "problem", "lines"], rows))
    if document["tables"]:
        parts.append(console.table("Published", ["table", "rows"], list(document["tables"].items())))
    if document["restated"]:
        parts.append(f"{document['restated']:,} numbers published before were restated; see ops.restatements.")
    if checks["not_passed"]:
        names = ("name", "status", "is_blocking", "rows", "message")
        rows = [[check[name] for name in names] for check in checks["not_passed"]]
        parts.append(console.table("Checks that did not pass", ["check", "status", "blocks", "rows", "message"], rows))
    parts.append("Checks: " + ", ".join(f"{n:,} {name}" for name, n in checks.items() if name != "not_passed") + ".")
    parts += [f"Warning: {warning}" for warning in document["warnings"]] + _retention(document)
    parts += held_back_as_text(document["held_back"])
    parts += damage_as_text(document.get("damage", []), "Damaged files, made again by this run")
    if document["exports"]:
        parts += exports_as_text(document["exports"])
    parts.append(console.facts("Seconds", list(document["seconds"].items())))
    return _with_paths("\n\n".join(parts), document)


def _retention(document: dict[str, Any]) -> list[str]:
    """One sentence on what retention removed; none where it removed nothing."""
    parts = [f"{number:,} {name.replace('_', ' ')}" for name, number in document["retention"].items() if number]
    return [f"Removed by retention: {', '.join(parts)}."] if parts else []


def _with_paths(text: str, document: dict[str, Any]) -> str:
    if document["outcome"] != "failed" and document["open"]:
        text = "\n".join([text, "", "Open", *(f"  {path}" for path in document["open"])])
    steps = next_steps.as_text(document["next_steps"])
    return f"{text}\n\n{steps}" if steps else text


def _pending_warnings(work: "PendingWork") -> list[str]:
    known = [f"{file.path} was loaded already under another name." for file in work.pending.already_loaded]
    return [*work.pending.warnings, *known]


def failed_exports(exported: "Exported | None") -> ExportsFailed | None:
    """The error of a run or an export some of whose folders or files could not be made."""
    from exports.folder.failure import summarise

    return summarise(exported.failures) if exported else None


def exports_facts(exported: "Exported") -> dict[str, Any]:
    """What an export did: numbers, the list ``failed`` of what could not be made, and ``warnings``."""
    return {
        "failed": [asdict(failure) for failure in exported.failures], "warnings": list(exported.warnings),
        "workspaces": exported.workspaces, "folders": len(exported.folders), "folders_made": len(exported.made),
        "folders_unchanged": len(exported.unchanged), "files_written": len(exported.files), "bytes": exported.bytes,
    }


def damage_facts(home: Home, damage: "Sequence[Damage]") -> list[dict[str, str]]:
    """Damaged files: part of the home, path below it, what is wrong."""
    return [
        {"part": one.part, "file": str(one.path.relative_to(home.root)), "problem": one.problem} for one in damage
    ]


def damage_as_text(damage: list[dict[str, str]], title: str) -> list[str]:
    """A table of damaged files, if there are any."""
    rows = [[one["part"], one["file"], one["problem"]] for one in damage[:_MOST_FILES]]
    more = [f"and {len(damage) - _MOST_FILES:,} more."] if len(damage) > _MOST_FILES else []
    return [console.table(title, ["part", "file", "problem"], rows), *more] if rows else []


def held_back_as_text(held_back: list[dict[str, str]]) -> list[str]:
    """A table of the workspaces whose exports stay as they were, if there are any."""
    rows = [[one["workspace_id"], one["load_date"], one["source"]] for one in held_back]
    title = "Held back: too many lines of these workspaces were rejected, so their exports stay as they were"
    return [console.table(title, ["workspace", "load date", "source"], rows)] if rows else []


def exports_as_text(exports: dict[str, Any]) -> list[str]:
    """The numbers of an export, and a table of what failed, if anything did."""
    numbers = [(name, value) for name, value in exports.items() if name not in ("failed", "warnings")]
    parts = [console.facts("Exports", numbers), *(f"Warning: {warning}" for warning in exports["warnings"])]
    if exports["failed"]:
        rows = [[one["workspace_id"], one["folder"], one["file"] or "(all)", one["what"]] for one in exports["failed"]]
        parts.append(console.table("Exports that were not made", ["workspace", "folder", "file", "reason"], rows))
    return parts


def _files(loaded: "LoadResult | None") -> dict[str, int]:
    states = loaded.files if loaded else {}
    return {
        "files_loaded": states.get("loaded", 0), "files_quarantined": states.get("quarantined", 0),
        "files_already_loaded": len(loaded.already_loaded) if loaded else 0,
    }


def _status(result: "CheckResult") -> str:
    """A check that failed and blocks nothing is a warning."""
    return "warned" if result.status == "failed" and not result.is_blocking else result.status


def _reasons(loaded: "LoadResult | None") -> dict[str, int]:
    """Lines by reason, then files that were quarantined whole."""
    if loaded is None:
        return {}
    files = {f"{reason} (whole files)": number for reason, number in loaded.file_reasons.items()}
    return dict(sorted(loaded.reasons.items())) | dict(sorted(files.items()))

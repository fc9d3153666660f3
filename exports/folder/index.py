"""``exports/index.html``: every finished folder on one page, to open with a double click."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from exports.folder.known_folders import KnownFolders
from exports.graphs.theme import date_title, range_title
from exports.tables.text import visible
from footfall.core.state_files import put

_OPEN = (("report.html", "Report"), ("interaction_stats.xlsx", "Workbook"))
_FOLDERS = (("interaction_stats", "CSV and Parquet"), ("graphs", "Graphs"))
#: Note on a workspace with anonymized analytics, by its setting.
_ANONYMIZED = {
    "full": "Anonymized: one date range, no names, no numbers about few people",
    "domains": "Anonymized for some e-mail domains: one date range, no numbers about few people",
}
_ORDER = {"event": 0, "last_7_days": 1, "last_30_days": 2}

#: What the files are for.
_HELP = (
    "Reports open in the browser, also without internet, and each is a single file that you can pass on. Workbooks "
    "open in Excel. Graphs are pictures for slides; CSV and Parquet files are for other programs."
)


def write_index(
    exports: Path, held: Mapping[str, str] = MappingProxyType({}), known: KnownFolders | None = None
) -> Path:
    """Write the page over all finished folders below ``exports``; a page that would not change is left as it is.

    Args:
        held: why a workspace is held back, so that its folders stay as they were.
        known: what is known of the folders; None: all are looked at.
    """
    from jinja2 import Environment, PackageLoader

    found = sorted((known or KnownFolders(exports)).all(), key=_order)
    workspaces = len({manifest["workspace_id"] for _, manifest in found})
    counts = f"{_many(workspaces, 'workspace')}, {_many(len(found), 'folder')}."
    templates = Environment(loader=PackageLoader("exports.folder", ""), autoescape=True, keep_trailing_newline=True)
    page = templates.get_template("index.html.j2").render(
        summary=counts if found else "Nothing is exported yet.", help=_HELP if found else "",
        rows=[_row(folder, manifest, held.get(manifest["workspace_id"])) for folder, manifest in found],
    )
    target = exports / "index.html"
    if not target.is_file() or target.read_text(encoding="utf-8", errors="replace") != page:
        aside = target.with_name(f".index.{os.getpid()}.html")
        aside.write_text(page, encoding="utf-8", newline="\n")
        put(aside, target)
    return target


def _order(one: tuple[str, Mapping[str, Any]]) -> tuple[object, ...]:
    folder, manifest = one
    workspace, name = manifest["workspace"], manifest["range"]["name"]
    user = manifest["user_id"] or ""
    return workspace.casefold(), manifest["workspace_id"], user, _ORDER.get(name, 9), name, folder


def _row(folder: str, manifest: Mapping[str, Any], held: str | None) -> dict[str, Any]:
    """What the page shows of one folder."""
    span, parts = manifest["range"], manifest["parts"]
    title = manifest["workspace"] or manifest["workspace_id"]
    links = [(file, label) for file, label in _OPEN if file in parts]
    links += [(f"{part}/", label) for part, label in _FOLDERS if part in parts]
    dates = range_title(*map(date.fromisoformat, (span["start"], span["end"]))) if span["start"] else "no data"
    return {
        "title": visible(title), "workspace_id": visible(manifest["workspace_id"]),
        "user_id": visible(manifest["user_id"] or ""), "notes": _notes(manifest, held),
        "links": [
            {"path": quote(f"{folder}/{path}"), "label": label,
             "description": visible(f"{label} of {title}, {span['name']}")} for path, label in links
        ],
        "range": span["name"].replace("_", " ").capitalize(), "dates": dates, "timezone": manifest["timezone"],
        "data_as_of": _day(manifest["data_as_of"]) or "no data",
    }


def _notes(manifest: Mapping[str, Any], held: str | None) -> list[str]:
    """What a reader has to know about a folder."""
    notes = [_ANONYMIZED.get(manifest.get("anonymization", "none"))]
    missing = [one["file"] for one in manifest.get("failed", ())]
    if missing:
        notes.append(f"Not complete: {', '.join(missing)} could not be made. The next run tries again.")
    if held:
        notes.append(f"Held back: {held[0].lower()}{held[1:]}. This is the last good export.")
    return [note for note in notes if note]


def _day(iso: str | None) -> str | None:
    return iso and date_title(date.fromisoformat(iso))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")

"""``exports/index.html``: every finished folder on one page, to open with a double click."""

import os
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exports.folder.manifest import NAME, read_manifest
from exports.graphs.theme import date_title, range_title
from exports.tables.text import visible

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

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Footfall exports</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; --ink: #1b2733; --soft: #51606e; --line: #d5dce3; --back: #fff; --link: #0b5cad; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8edf2; --soft: #a9b6c3; --line: #3a4652; --back: #141a20; --link: #7fb8f5; }}
}}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: var(--ink); background: var(--back); }}
h1 {{ font-size: 1.6rem; margin-bottom: .25rem; }}
p {{ color: var(--soft); margin-top: 0; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }}
th[scope=row] {{ font-weight: 600; overflow-wrap: anywhere; max-width: 24rem; }}
td {{ white-space: nowrap; }}
small {{ color: var(--soft); font-weight: 400; }}
a {{ color: var(--link); display: inline-block; margin-right: 1rem; }}
@media (max-width: 45rem) {{
  thead {{ position: absolute; clip-path: inset(50%); }}
  tr {{ display: block; padding: .75rem 0; border-bottom: 1px solid var(--line); }}
  th, td {{ display: block; border: 0; padding: .1rem 0; white-space: normal; }}
  th[scope=row] {{ max-width: none; }}
  td a {{ line-height: 2; }}
  td[data-label]::before {{ content: attr(data-label) ": "; color: var(--soft); }}
  td br {{ display: none; }}
}}
a:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px; }}
</style>
</head>
<body>
<main>
<h1>Footfall exports</h1>
<p>{summary} {help}</p>
<div class="wide" role="region" aria-label="Exports" tabindex="0">
<table>
<thead><tr><th scope="col">Workspace</th><th scope="col">Open</th><th scope="col">Range</th>
<th scope="col">Time zone</th><th scope="col">Data as of</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""


def write_index(exports: Path) -> Path:
    """Write the page over all finished folders below ``exports``; a page that would not change is left as it is."""
    found = sorted(_finished(exports), key=_order)
    workspaces = len({manifest["workspace_id"] for _, manifest in found})
    rows = "\n".join(_row(folder, manifest) for folder, manifest in found)
    counts = f"{_many(workspaces, 'workspace')}, {_many(len(found), 'folder')}."
    page = _PAGE.format(
        summary=counts if found else "Nothing is exported yet.", rows=rows, help=_HELP if found else "",
    )
    target = exports / "index.html"
    if not target.exists() or target.read_text(encoding="utf-8") != page:
        aside = target.with_name(f".index.{os.getpid()}.html")
        aside.write_text(page, encoding="utf-8", newline="\n")
        aside.replace(target)
    return target


def _finished(exports: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in (f"*/*/{NAME}", f"*/users/*/*/{NAME}"):
        for path in exports.glob(pattern):
            folder = path.parent.relative_to(exports)
            manifest = read_manifest(path.parent)
            if manifest is not None and not any(part.startswith(".") for part in folder.parts):
                manifest["files"] = set(manifest["files"])
                yield folder.as_posix(), manifest


def _order(one: tuple[str, dict[str, Any]]) -> tuple[object, ...]:
    folder, manifest = one
    workspace, name = manifest["workspace"], manifest["range"]["name"]
    user = manifest["user_id"] or ""
    return workspace.casefold(), manifest["workspace_id"], user, _ORDER.get(name, 9), name, folder


def _row(folder: str, manifest: dict[str, Any]) -> str:
    one, span, files = manifest["workspace_id"], manifest["range"], manifest["files"]
    title = manifest["workspace"] or one
    who = f"<br><small>User {_text(manifest['user_id'])}</small>" if manifest["user_id"] else ""
    said = _ANONYMIZED.get(manifest.get("anonymization", "none"))
    who += f"<br><small>{escape(said)}</small>" if said else ""
    dates = range_title(*map(date.fromisoformat, (span["start"], span["end"]))) if span["start"] else "no data"
    label = span["name"].replace("_", " ").capitalize()
    links = [(file, label) for file, label in _OPEN if file in files]
    links += [(f"{part}/", label) for part, label in _FOLDERS if any(file.startswith(f"{part}/") for file in files)]
    shown = "".join(_link(f"{folder}/{file}", label, f"{label} of {title}, {span['name']}") for file, label in links)
    return (
        f'<tr><th scope="row">{_text(title)}<br><small>{_text(one)}</small>{who}</th>'
        f'<td>{shown}</td><td data-label="Range">{escape(label)}<br> <small>{escape(dates)}</small></td>'
        f'<td data-label="Time zone">{escape(manifest["timezone"])}</td>'
        f'<td data-label="Data as of">{escape(_day(manifest["data_as_of"]) or "no data")}</td></tr>'
    )


def _link(path: str, label: str, description: str) -> str:
    return f'<a href="{escape(quote(path))}" aria-label="{escape(visible(description))}">{label}</a>'


def _text(text: str) -> str:
    # Isolated, so that a name written from right to left does not turn what stands beside it.
    return f"<bdi>{escape(visible(text))}</bdi>"


def _day(iso: str | None) -> str | None:
    return iso and date_title(date.fromisoformat(iso))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")

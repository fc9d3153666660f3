"""`footfall export`: files for stakeholders from what is published."""

import time
from datetime import date
from typing import Annotated

import typer

from footfall.observability import logs
from footfall_cli.options import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    WorkspaceOption,
    as_date,
    existing_home,
    require_order,
)

EXAMPLE = "Example: footfall export --home data --workspace expo-2026 --from 2026-09-08 --to 2026-09-09 --formats csv"


def export(
    home: HomeOption = DEFAULT_HOME,
    workspace: WorkspaceOption = None,
    first: Annotated[
        date | None, typer.Option("--from", parser=as_date, metavar="YYYY-MM-DD", help="First local date.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="YYYY-MM-DD|FILE", help="Last local date, included; with --warehouse: the file."),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="Files about one participant; needs --workspace.")] = None,
    formats: Annotated[
        str | None, typer.Option("--formats", help="Separated by commas: xlsx, csv, parquet, html, svg, png, pdf."),
    ] = None,
    warehouse: Annotated[
        bool,
        typer.Option("--warehouse", help="Instead: the tables of --workspace alone as one DuckDB file, ./W.duckdb."),
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Make exports again from what is published, for any workspace, range or participant.

    Folders whose data did not change stay as they are. With --warehouse: the tables of one workspace (or several) as
    one DuckDB file, for a customer's own BI.
    """
    import uuid

    if warehouse:
        from footfall_cli.export_warehouse import export_warehouse

        refused = {"--from": first, "--user": user, "--formats": formats}
        return export_warehouse(home, workspace, to, refused, as_json)

    from exports.build_all import export_all
    from footfall.core import file_modes, lock
    from footfall.core.errors import UsageError
    from footfall.core.settings import load_settings
    from footfall_cli import console, errors
    from footfall_cli.summary import exports_as_text, exports_facts, failed_exports

    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    last = as_date(to) if to else None
    require_order(first, last)
    if user and not workspace:
        raise UsageError("--user needs a workspace.", where="--user", hint="Add --workspace ID.")
    logs.start(place, settings.observability)
    with lock.hold(place, "footfall export"), console.reporting() as progress:
        file_modes.apply(place, settings.access)
        exported = export_all(
            place, settings, run_id=str(uuid.uuid4()), workspaces=workspace, start=first, end=last, user=user,
            formats=_formats(formats), progress=progress,
        )
    document = {
        "command": "export", "exit_code": 1 if exported.failures else 0, "home": place.root, **exports_facts(exported),
        "made": list(exported.made), "index": exported.index, "reports": list(exported.reports),
        "error": None, "seconds": round(time.monotonic() - started, 2),
    }
    failed = failed_exports(exported)
    if failed is not None:
        document["error"] = errors.as_document(failed)
    text = "\n\n".join(exports_as_text({**exports_facts(exported), "seconds": document["seconds"]}))
    paths = exported.reports or [exported.index]
    console.emit(document, as_json, "\n".join([text, "", "Open", *(f"  {path}" for path in paths)]))
    if failed is not None:
        errors.report(failed)
    return document["exit_code"]


def _formats(text: str | None) -> tuple[str, ...] | None:
    from footfall.core.errors import UsageError
    from footfall.core.vocabulary import vocabulary

    if text is None:
        return None
    known = vocabulary().export_formats
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [part for part in wanted if part not in known]
    if unknown or not wanted:
        raise UsageError(
            f"There is no format {', '.join(unknown) or '(none given)'}.", where="--formats",
            hint=f"Choose among {', '.join(known)}, separated by commas.",
        )
    return wanted

"""`footfall export --warehouse`: one workspace's tables for a customer's own BI."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from footfall_cli.options import existing_home


def export_warehouse(
    home: Path, workspaces: Sequence[str] | None, to: str | None, refused: Mapping[str, object], as_json: bool
) -> int:
    """Write the file and report its tables; ``refused``: options that do not go with it, by name."""
    from exports import warehouse
    from footfall.core import lock
    from footfall.core.errors import UsageError
    from footfall.core.settings import load_settings
    from footfall_cli import console

    started = time.monotonic()
    if not workspaces:
        raise UsageError(
            "--warehouse needs a workspace.", where="--warehouse",
            hint="Add --workspace ID; all workspaces together are published/footfall.duckdb.",
        )
    for option in (name for name, value in refused.items() if value is not None):
        raise UsageError(
            f"{option} cannot be used with --warehouse, which writes all data of the workspace.", where=option,
            hint=f"Leave out {option}, or --warehouse.",
        )
    place = existing_home(home)
    target = Path(to).expanduser().absolute() if to else warehouse.default_target(workspaces)
    # Under the lock, so that no erasure runs while its data is copied here.
    with lock.hold(place, "footfall export --warehouse"):
        rows = warehouse.export_warehouse(place, load_settings(place), workspaces, target)
    names = sorted(set(workspaces))
    document = {
        "command": "export", "exit_code": 0, "home": place.root, "workspaces": names, "file": target,
        "bytes": target.stat().st_size, "tables": rows, "seconds": round(time.monotonic() - started, 2),
    }
    text = console.table(f"Tables of {', '.join(names)}", ["table", "rows"], list(rows.items()))
    console.emit(document, as_json, f"{text}\n\nOpen\n  {target}")
    return 0

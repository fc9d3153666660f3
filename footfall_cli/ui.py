"""`footfall ui`: Dagster's pages on this home."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from footfall_cli.options import DEFAULT_HOME, HomeOption, existing_home

EXAMPLE = "Example: footfall ui --home data --port 3000"
#: The signals that stop it.
STOPPING = (signal.SIGINT, signal.SIGTERM)


def ui(
    home: HomeOption = DEFAULT_HOME,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")] = 3000,
) -> None:
    """Show the graph, its runs and its schedule in the browser; runs of `footfall run` among them.

    Only this machine can reach it, and only under its own names or those of `ui.allowed_hosts`: the server has no
    login. Stop it with Ctrl-C.
    """
    from footfall.core.settings import load_settings
    from footfall.transform.dbt_runner import current_manifest
    from orchestration.instance_file import instance_folder, write_instance_file

    place = existing_home(home).ensure()
    os.environ["PYTHONWARNINGS"] = without_noise(os.environ.get("PYTHONWARNINGS", ""))
    # Parsed once here: Dagster loads the code in several processes side by side.
    current_manifest(place, load_settings(place))
    write_instance_file(place)
    # What arrives while one program takes the place of the other waits for the handlers of the second one.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    os.execve(sys.executable, arguments(port), environment(os.environ, place.root, instance_folder(place)))


def arguments(port: int) -> list[str]:
    """The command that starts code location, daemon and web server."""
    return [sys.executable, "-m", "orchestration.web.serve", "--port", str(port)]


def without_noise(filters: str) -> str:
    """Python's warning filters and one more: the locks of dbt end with this process, and that needs no warning."""
    return ",".join(part for part in (filters, "ignore:resource_tracker") if part)


def environment(outer: Mapping[str, str], home: Path, dagster: Path) -> dict[str, str]:
    """What the server's processes must know: the home, the instance, the code; and telemetry off."""
    code = str(Path(__file__).resolve().parents[1])
    path = os.pathsep.join(part for part in (code, outer.get("PYTHONPATH", "")) if part)
    return {
        **outer, "FOOTFALL_HOME": str(home), "DAGSTER_HOME": str(dagster), "DAGSTER_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1", "PYTHONPATH": path,
    }

"""Dagster's web server behind the guard: `python -m orchestration.web.server`, with dagster-webserver's options."""

import os
from pathlib import Path
from typing import Any

from dagster_webserver import cli

from footfall.core.home import Home
from footfall.core.settings import load_settings
from orchestration.web.guard import Application, Guard


def main() -> None:
    """Serve the home of FOOTFALL_HOME; hosts that may be named besides this machine are in its settings."""
    guard_with(load_settings(Home(Path(os.environ["FOOTFALL_HOME"]))).ui.allowed_hosts)
    cli.main()


def guard_with(allowed_hosts: tuple[str, ...]) -> None:
    """Put the guard around the application that dagster-webserver is about to serve.

    Its command has no option for this. A version of Dagster that makes its application under another name fails here,
    before anything is served.
    """
    create = cli.create_app_from_workspace_process_context

    def create_guarded(*arguments: Any, **options: Any) -> Application:
        return Guard(create(*arguments, **options), allowed_hosts)

    vars(cli)[create.__name__] = create_guarded


if __name__ == "__main__":
    main()

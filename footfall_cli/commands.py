"""The commands of `footfall`.

Modules of commands import what they need when they run, so that `--help` and an empty night stay fast.
"""

from typing import Annotated

import typer

from footfall import __version__
from footfall_cli import alerts, doctor, erase, export, migrate, quarantine, run, setup, status, ui
from footfall_cli.run_alerts import reporting

app = typer.Typer(
    name="footfall",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"footfall {__version__}")
        raise typer.Exit


@app.callback()
def footfall(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit."),
    ] = False,
) -> None:
    """Raw events of an event app in; visits, paths, tables, workbooks and reports out."""


app.command("init", epilog=setup.INIT_EXAMPLE)(setup.init)
app.command("sample", epilog=setup.SAMPLE_EXAMPLE)(setup.sample)
app.command("run", epilog=run.RUN_EXAMPLE)(reporting(run.run))
app.command("backfill", epilog=run.BACKFILL_EXAMPLE)(reporting(run.backfill))
app.command("export", epilog=export.EXAMPLE)(export.export)
app.command("erase", epilog=erase.EXAMPLE)(erase.erase)
app.command("status", epilog=status.EXAMPLE)(status.status)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(alerts.app, name="alerts")
app.command("migrate", epilog=migrate.EXAMPLE)(migrate.migrate)
app.command("doctor", epilog=doctor.EXAMPLE)(doctor.doctor)
app.command("ui", epilog=ui.EXAMPLE)(ui.ui)

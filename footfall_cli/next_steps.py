"""What somebody should do after a run: the conditions that hold then, and lines and files that were not loaded."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from footfall.core.home import Home
from footfall_cli import console

if TYPE_CHECKING:
    from footfall.core.settings import Settings
    from orchestration.damage import Damage

#: About the run itself, whose error says the same.
_OF_THE_RUN = ("last_run", "no_run", "failed_exports")


def next_steps(
    home: Home, settings: "Settings", document: dict[str, Any], damage: "Sequence[Damage]" = ()
) -> list[dict[str, Any]]:
    """The steps as documents: ``about`` (a kind of alert, ``rejected_lines`` or ``warnings``), ``what``, ``to_do``,
    ``workspaces``. None after a run that failed: its error says what to do.

    Args:
        document: the result of the run.
        damage: what is still damaged.
    """
    if document["outcome"] == "failed":
        return []
    from orchestration.alerting import after_work

    found = {kind: alert for kind, alert in after_work(home, settings, list(damage)).items() if alert is not None}
    steps = [
        {"about": kind, "what": alert.summary, "to_do": alert.to_do, "workspaces": list(alert.workspaces)}
        for kind, alert in found.items() if kind not in _OF_THE_RUN
    ]
    if (number := document["lines"]["quarantined"]) and "rejected_lines" not in found:
        steps.append(_step(
            "rejected_lines", f"{_number(number, 'line', 'was', 'were')} rejected.",
            "`footfall quarantine list` counts them by reason, `footfall quarantine show` shows them. Repair the "
            "files, then `footfall run`; or change the mapping or the limits in footfall.yml, then "
            "`footfall quarantine replay`.",
        ))
    if number := len(document["warnings"]):
        steps.append(_step(
            "warnings",
            "One warning names what was not used as it is." if number == 1 else
            f"{number:,} warnings name what was not used as it is.",
            "Each of them says why. It comes again until the file or the setting is changed.",
        ))
    return steps


def as_text(steps: Sequence[dict[str, Any]]) -> str:
    """The steps as the last lines of a summary; empty without any."""
    lines = []
    for step in steps:
        workspaces = f" ({', '.join(step['workspaces'])})" if step["workspaces"] else ""
        lines += [f"  {console.visible(step['what'] + workspaces)}", f"    To do: {step['to_do']}"]
    return "\n".join(["Next", *lines]) if lines else ""


def _step(about: str, what: str, to_do: str) -> dict[str, Any]:
    return {"about": about, "what": what, "to_do": to_do, "workspaces": []}


def _number(number: int, thing: str, one: str, many: str) -> str:
    return f"One {thing} {one}" if number == 1 else f"{number:,} {thing}s {many}"

"""`footfall erase`: remove people everywhere, and prove it."""

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from footfall.observability import logs
from footfall_cli.options import DEFAULT_HOME, HomeOption, JsonOption, existing_home

if TYPE_CHECKING:
    from orchestration.erase_people import Outcome


class Titles(StrEnum):
    """What to do with titles of the organiser that name an erased person among other words."""

    ask = "ask"
    keep = "keep"
    erase = "erase"

    @property
    def decision(self) -> str:
        return "" if self is Titles.ask else self.value


EXAMPLE = "Example: footfall erase --home data --workspace expo-2026 --user u00042"


def erase(
    home: HomeOption = DEFAULT_HOME,
    workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="The workspace of the people.")] = None,
    user: Annotated[
        list[str] | None, typer.Option("--user", help="A user id; may be given several times. Needs --workspace."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Instead: a CSV file with the columns workspace_id,user_id."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Instead: finish an interrupted erasure, or repeat one that found data."),
    ] = False,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", help="With --resume: a file of answers about titles that name the people.",
        ),
    ] = None,
    titles: Annotated[
        Titles, typer.Option("--titles", help="What to do with longer titles of the organiser that name the people."),
    ] = Titles.ask,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Remove people from everything the home holds, keep them out, and print a receipt.

    It cannot be undone. If it is interrupted, the next `footfall run` or
    `footfall erase --resume` finishes it.
    """
    from footfall.core import file_modes, lock
    from footfall.core.errors import UsageError
    from footfall.core.settings import load_settings
    from footfall.erasure.questions import read_decisions
    from footfall_cli import console, errors
    from orchestration import erase_people
    from orchestration.unclean import unclean

    place = existing_home(home)
    started = time.monotonic()
    settings = load_settings(place)
    people = [] if resume else _people(workspace, user, file)
    if decisions is not None and not resume:
        raise UsageError(
            "Decisions are about an erasure that was made.", where="--decisions",
            hint="Use it with --resume; for a new erasure there is --titles keep or --titles erase.",
        )
    answers = read_decisions(decisions) if decisions is not None else {}
    if resume and (workspace or user or file):
        raise UsageError("--resume repeats earlier erasures.", where="--resume", hint="Leave out the other options.")
    if not resume and not yes and not as_json and console.is_interactive():
        typer.confirm(f"Erase {len(people)} people for good?", abort=True)
    logs.start(place, settings.observability)
    with lock.hold(place, "footfall erase"), console.reporting() as progress:
        file_modes.apply(place.ensure(), settings.access)
        if resume:
            outcomes = erase_people.resume(place, settings, progress, answers, titles.decision)
        else:
            outcomes = [erase_people.erase(place, settings, people, progress, titles.decision)]
        file_modes.apply(place, settings.access)
    if not outcomes:
        document = {"command": "erase", "exit_code": 0, "home": place.root, "outcome": "nothing_to_resume"}
        console.emit(document, as_json, "No erasure was interrupted, and none found data at its end.")
        return 0
    exit_code = 0 if all(outcome.is_clean for outcome in outcomes) else 1
    document = {
        "command": "erase", "exit_code": exit_code, "home": place.root, **outcome_facts(outcomes[-1]),
        "receipts": [outcome.receipt for outcome in outcomes], "seconds": round(time.monotonic() - started, 2),
    }
    console.emit(document, as_json, "\n\n".join(as_text(outcome_facts(outcome)) for outcome in outcomes))
    failed = [error for error in map(unclean, outcomes) if error is not None]
    for error in failed:
        errors.report(error)
    return exit_code


def _people(workspace: str | None, users: list[str] | None, file: Path | None) -> list[tuple[str, str]]:
    from footfall.core.errors import UsageError
    from footfall.erasure.people import distinct, read_list

    if file is not None:
        if workspace or users:
            raise UsageError("Both a list and single people are given.", where="--file", hint="Give one of them.")
        return read_list(file)
    if not workspace or not users or not all(users):
        raise UsageError(
            "No person to erase is given.", where="--workspace, --user",
            hint="Give --workspace W --user U, or --file LIST.csv with the columns workspace_id,user_id.",
        )
    return distinct((workspace, user) for user in users)


def outcome_facts(outcome: "Outcome") -> dict[str, Any]:
    """The result of one erasure for ``--json``."""
    return {"outcome": outcome.outcome, "people": len(outcome.people), "receipt": outcome.receipt}


def as_text(document: dict[str, Any]) -> str:
    """The receipt as tables."""
    from footfall_cli import console

    if document["outcome"] == "already_erased":
        return "Already erased: no data of these people is here, and tombstones keep later data out."
    receipt = document["receipt"]
    search = receipt["search"]
    parts = []
    if document["outcome"] == "nothing_known":
        parts.append("No data of these people was found. Tombstones were written, so they are left out of later files.")
    parts.append(console.facts(f"Receipt {receipt['number']}", [
        ("people", receipt["people"]), ("people with data", receipt["people_known"]),
        ("finished at (UTC)", receipt["finished_at"]), ("restated numbers", receipt["restated_numbers"]),
    ]))
    if receipt.get("shared_names"):
        parts.append(
            f"{receipt['shared_names']:,} names, e-mails or ids belong to others, a sponsor or a document as well, and "
            "were left in the texts of others."
        )
    rows = [(place, what, count) for place, counts in receipt["removed"].items() for what, count in counts.items()]
    parts.append(console.table("Removed", ["place", "what", "count"], rows))
    columns = ("rows_before", "rows_after", "hash_before", "hash_after")
    marts = [[name, *(table[column] for column in columns)] for name, table in sorted(receipt["marts"].items())]
    titles = ["table", *(column.replace("_", " ") for column in columns)]
    parts.append(console.table("Published tables", titles, marts))
    is_found = search["found"] or search["lake_rows"]
    result = "DATA OF THESE PEOPLE WAS FOUND" if is_found else "nothing was found"
    parts.append(
        f"Search: {search['texts']:,} ids, devices, e-mails and names in {search['files']:,} files "
        f"({search['bytes']:,} bytes): {result}."
    )
    if receipt.get("texts_of_the_organiser"):
        counts = ", ".join(f"{count:,} {name}" for name, count in sorted(receipt["texts_of_the_organiser"].items()))
        parts.append(f"Titles of the organiser that name these people: {counts}.")
    if search["found"]:
        parts.append(console.table("Found", ["place", "times"], list(search["found"].items())))
    return "\n\n".join(parts)

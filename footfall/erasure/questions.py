"""Texts of the organiser that name somebody to erase: `Talk by Zoë Müller`. Footfall asks about them and keeps them
until the answer.

``lake/erasures/<number>.questions.csv`` lists them with the column ``decision``, for `keep` or `erase`.
Only the owner may read it, and it is removed with the answers.
"""

import csv
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from footfall.core.durable import sync
from footfall.core.errors import UsageError
from footfall.core.home import Home
from footfall.erasure.intent import Plan
from footfall.ingestion.database import parquet
from footfall.ingestion.exclusion.mentions import is_name, mentions, whole
from footfall.ingestion.exclusion.tombstones import Erased, Name
from footfall.ingestion.lake.commit_log import Commit

COLUMNS = ("workspace_id", "content_type", "text", "decision")
KEEP, ERASE = "keep", "erase"
_TITLES = (
    "select distinct workspace_id, content_type, title from {rows} where content_type <> 'user' and title is not null"
)
_NAMES = "select distinct workspace_id, 'workspace', name from {rows} where name is not null"


@dataclass(frozen=True)
class Question:
    """A text of the organiser, of content of a type or the name of the workspace; ``decision`` is '' until answered."""

    workspace_id: str
    content_type: str
    text: str
    decision: str = ""


def find_questions(
    con: duckdb.DuckDBPyConnection, home: Home, commits: Sequence[Commit], erased: Erased
) -> list[Question]:
    """The organiser's texts that name one of the people and are more than the name."""
    found = set()
    for entity, query in (("content", _TITLES), ("workspaces", _NAMES)):
        paths = [path for commit in commits for path in commit.entities.get(entity, ())]
        for workspace, kind, text in con.execute(query.format(rows=parquet(home, paths))).fetchall() if paths else ():
            if erased.workspaces is not None and workspace not in erased.workspaces:
                continue
            if mentions(text, erased, [workspace]) and not (entity == "content" and is_name(text, erased, workspace)):
                found.add(Question(workspace, kind, text))
    return sorted(found, key=lambda one: (one.workspace_id, one.content_type, one.text))


def tombstones_of(questions: Iterable[Question]) -> set[Name]:
    """What keeps these texts, or erases them, in every later file too."""
    return {("title" if one.decision == ERASE else "kept", one.workspace_id, whole(one.text)) for one in questions}


def decide(plan: Plan, decisions: Mapping[tuple[str, str, str], str]) -> bool:
    """Put answers into the plan: what is kept, and what is erased from now on; False where nothing changes."""
    before = [dict(one) for one in plan.questions]
    for one in plan.questions:
        one["decision"] = decisions.get((one["workspace_id"], one["content_type"], one["text"]), one["decision"])
    names = {name for name in plan.names if name[0] not in ("kept", "title")}
    plan.names = sorted(names | tombstones_of(Question(**one) for one in plan.questions))
    return plan.questions != before


def decide_all(plan: Plan, decision: str) -> bool:
    """The same answer to every question that has none."""
    pending = (Question(**one) for one in plan.questions if not one["decision"])
    return decide(plan, {(one.workspace_id, one.content_type, one.text): decision for one in pending})


def questions_file(home: Home, number: int) -> Path:
    return home.lake / "erasures" / f"{number:06d}.questions.csv"


def question_files(home: Home) -> list[Path]:
    """All files of questions; they name people."""
    return sorted((home.lake / "erasures").glob("*.questions.csv"))


def write_questions(home: Home, number: int, questions: Sequence[Question]) -> None:
    """Write the questions that have no answer, for the owner's eyes only; without any, remove the file."""
    path = questions_file(home, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = [one for one in questions if not one.decision]
    if not pending:
        path.unlink(missing_ok=True)
        return
    aside = path.with_name(f".{path.name}.tmp")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((one.workspace_id, one.content_type, one.text, "") for one in pending)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def read_decisions(path: Path) -> dict[tuple[str, str, str], str]:
    """Answers by workspace, content type and text; rows without one are left out.

    Raises:
        UsageError: it cannot be read, lacks a column, or has another word than keep or erase; names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise UsageError(
                    f"The file of decisions has no column {' and no column '.join(missing)}.", where=f"{path}, line 1",
                    hint=f"The first line names the columns: {','.join(COLUMNS)}.",
                )
            decisions = {}
            for row in reader:
                decision = (row["decision"] or "").strip().lower()
                if decision not in ("", KEEP, ERASE):
                    raise UsageError(
                        "A decision is neither keep nor erase.", where=f"{path}, line {reader.line_num}",
                        hint="Write keep or erase into the last column; nothing was changed.",
                    )
                if decision:
                    decisions[row["workspace_id"], row["content_type"], row["text"]] = decision
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is not a CSV file in UTF-8"
        raise UsageError(
            f"The file of decisions cannot be read: {reason}.", where=str(path), hint="Nothing was changed.",
        ) from error
    return decisions

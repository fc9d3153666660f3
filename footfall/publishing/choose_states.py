"""Whether an anonymised workspace shows its new state, or still the one before.

Of two states somebody may keep both and subtract them. So the new one is shown when the data of at least k protected
people differ from what is shown, and what removes people is shown at once.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from footfall.core.secret import pseudonym
from footfall.core.sql_files import read_sql, sql_files
from footfall.metrics import disclosure
from footfall.metrics.answers import ANSWERS
from footfall.metrics.disclosure.answered import Answered
from footfall.publishing.shown_states import State

#: Why a state is shown. ``first``: none was, or what was shown is not known. ``settings``: these changed.
#: ``removed``: a person does not count any more or is protected now, or the answers that were shown cannot be kept.
#: ``moved``: the data of k people or more changed. ``refreshed``: nobody's data changed, something else did. ``kept``:
#: none of these.
Reason = Literal["first", "settings", "removed", "moved", "refreshed", "kept"]
#: Settings that decide who counts, who is protected and over which dates.
_SETTINGS = (
    "timezone", "starts_on", "ends_on", "anonymization", "anonymized_domains", "target_groups", "min_group_size",
    "visit_timeout_seconds", "idle_cap_seconds", "counts_guests",
)


@dataclass(frozen=True)
class Choice:
    """The state of a workspace that is to be shown, and why."""

    workspace_id: str
    reason: Reason
    state: State

    @property
    def is_new(self) -> bool:
        return self.reason != "kept"

    @property
    def is_forced(self) -> bool:
        """Whether the state before may not be shown any longer."""
        return self.reason in ("first", "settings", "removed")


def choose_states(
    con: duckdb.DuckDBPyConnection, key: bytes, answered: Sequence[Answered], before: Mapping[str, State],
    as_of: Mapping[str, str | None], *, can_keep: bool = True,
) -> dict[str, Choice]:
    """The choice for each workspace of ``answered``; makes the temporary table ``people``.

    Args:
        con: sees the complete marts; ``find_hidden`` and ``load_shown`` were called.
        key: the key of pseudonyms.
        answered: the workspaces that have answers, with their own ranges.
        before: the states that are shown.
        as_of: the newest load date of each workspace.
        can_keep: whether the answers that are shown can be read.
    """
    _find_people(con, key, answered)
    settings = dict(con.execute(
        f"select workspace_id, md5(to_json([{', '.join(f'{name}::varchar' for name in _SETTINGS)}])::varchar)"
        " from marts.dim_workspaces"
    ).fetchall())
    contexts = dict(con.execute(read_sql("footfall.publishing", "contexts")).fetchall())
    changed = {row[0]: row[1:] for row in con.execute(read_sql("footfall.publishing", "changed_people")).fetchall()}
    contents = dict(con.execute(
        "select workspace_id, sum(md5_number_lower(concat_ws(chr(31), person, digest)))::varchar from people"
        " where is_protected group by workspace_id"
    ).fetchall())
    structure = _structure()
    found = {}
    for one in answered:
        workspace = one.workspace_id
        made_of = (settings[workspace], contents.get(workspace, ""))
        new = State(
            pseudonym(key, "state", workspace, *made_of), as_of.get(workspace), settings[workspace],
            f"{contexts.get(workspace)} {_code()}", structure,
        )
        old, (people, has_gone) = before.get(workspace), changed.get(workspace, (0, False))
        if old is None:
            choice = Choice(workspace, "first", new)
        elif old.settings != new.settings:
            choice = Choice(workspace, "settings", new)
        elif has_gone or not can_keep or (old.structure != structure and people):
            choice = Choice(workspace, "removed", new)
        elif people >= one.k:
            choice = Choice(workspace, "moved", new)
        elif people == 0 and (old.context, old.structure) != (new.context, new.structure):
            # The date stays: a night on which nobody's data changed looks like one that is held back.
            choice = Choice(workspace, "refreshed", State(**{**new.__dict__, "data_as_of": old.data_as_of}))
        else:
            choice = Choice(workspace, "kept", old)
        found[workspace] = choice
    return found


def _find_people(con: duckdb.DuckDBPyConnection, key: bytes, answered: Sequence[Answered]) -> None:
    ranges = pa.table({
        "workspace_id": pa.array([one.workspace_id for one in answered], pa.string()),
        "first_date": pa.array([one.start for one in answered], pa.date32()),
        "last_date": pa.array([one.end for one in answered], pa.date32()),
        "k": pa.array([one.k for one in answered], pa.int64()),
        "is_full": pa.array([one.is_full for one in answered], pa.bool_()),
    })
    con.register("given_ranges", ranges)
    con.execute(
        "create or replace temp table shown_ranges as select g.*, coalesce(w.counts_guests, false) as counts_guests"
        " from given_ranges as g inner join marts.dim_workspaces as w on g.workspace_id = w.workspace_id"
    )
    con.unregister("given_ranges")
    con.execute(f"create or replace temp table contributions as {read_sql('footfall.publishing', 'contributions')}")
    con.execute(
        f"create or replace temp table people as {read_sql('footfall.publishing', 'people')}", {"key": key.hex()}
    )
    con.execute("drop table contributions")


def _structure() -> str:
    columns = {name: [(column.name, column.type) for column in spec.columns] for name, spec in ANSWERS.items()}
    return hashlib.sha256(json.dumps(columns, sort_keys=True).encode()).hexdigest()[:16]


def _code() -> str:
    """Changes when the SQL of the answers or the code of disclosure does."""
    total = hashlib.sha256()
    for path in sorted(Path(disclosure.__file__).parent.glob("*.py")):
        total.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    for folder in ("sql/answers", "sql/disclosure", "sql/scope"):
        for name, text in sorted(sql_files("footfall.metrics", folder).items()):
            total.update(f"{name}\0{text}\0".encode())
    return total.hexdigest()[:12]

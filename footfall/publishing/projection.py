"""The marts without the rows of protected people, published where a workspace is anonymised.

A new file is written, rather than rows deleted from a copy: deleted rows stay in the bytes of a DuckDB file.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from footfall.core.database import connect, quote_identifier, quote_literal
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.secret import secret_key
from footfall.core.settings import Settings
from footfall.ingestion.ledger.ledger import Lake
from footfall.metrics.disclosure.answers import COLUMNS
from footfall.metrics.disclosure.protected import ANONYMIZED, find_hidden, find_hidden_content
from footfall.publishing.compare import Previous
from footfall.publishing.copying import STORAGE_VERSION
from footfall.publishing.hidden_ops import FewPeople, find_few_people
from footfall.publishing.ops import write_ops
from footfall.publishing.show_states import show_states
from footfall.publishing.unread_settings import unread_settings
from footfall.publishing.words import hide_words

#: Tables that stay whole: settings, words, and meetings, which the apps' own settings leave identified.
WHOLE = frozenset({
    "metric_definitions", "fct_meetings", "fct_meeting_history", "fct_meeting_participants",
})
#: Makes the table of safe answers, empty, where no workspace needs any.
ANSWERS_TABLE = f"create table if not exists marts.anonymized_answers ({COLUMNS})"
#: Settings that are in quarantine may protect people: the strictest reading of them holds.
_WORKSPACES = """
    create or replace view marts.dim_workspaces as
    select * replace (
        case when workspace_id in (from unread_settings) then 'full' else anonymization end as anonymization,
        case
            when workspace_id in (from unread_settings)
                then json_merge_patch(settings, '{"anonymization": "full"}')::varchar
            else settings
        end as settings
    )
    from built.marts.dim_workspaces
"""
_PERSON = ("actor_id", "user_id")
_SAME = "h.workspace_id = t.workspace_id and "
#: Columns of rows of other people that may name a protected one, and when they do.
_NAMING = {
    "device_id": f"exists (from hidden_devices as h where {_SAME}h.device_id = t.device_id)",
    "content_id": f"t.content_type = 'user' and exists (from hidden_users as h where {_SAME}h.user_id = t.content_id)",
    "item": f"exists (from hidden_users as h where {_SAME}'user:' || h.user_id = t.item)",
    "next_item": f"exists (from hidden_users as h where {_SAME}'user:' || h.user_id = t.next_item)",
    "term": f"exists (from hidden_terms as h where {_SAME}h.term = t.term)",
}


def protected_workspaces(home: Home, marts: Path, lake: Lake) -> tuple[bool, list[str]]:
    """Whether any workspace of the closed marts file is anonymised, and the ids of those whose settings are unread."""
    with attached(marts) as con:
        (number,) = con.execute(
            "select count(*) from built.marts.dim_workspaces where coalesce(anonymization, 'none') <> 'none'"
        ).fetchall()[0]
        con.execute("use built")
        unread = unread_settings(con, home, lake)
    return number > 0 or bool(unread), unread


@dataclass(frozen=True)
class Projected:
    """What was written about anonymised workspaces.

    Args:
        data_as_of: by workspace, the ISO date of the newest load in its answers.
        is_withdrawing: a state may not be shown any longer, so older versions are to be removed.
        few: landing files whose numbers may be about few people.
        workspaces: ids of the anonymised workspaces.
    """

    data_as_of: Mapping[str, str | None] = field(default_factory=dict)
    is_withdrawing: bool = False
    few: FewPeople = field(default_factory=FewPeople)
    workspaces: tuple[str, ...] = ()


def project(
    home: Home, settings: Settings, marts: Path, target: Path, lake: Lake, unread: Sequence[str] = (),
    *, version: str, previous: Previous | None = None,
) -> Projected:
    """Write ``target``: the tables of ``marts`` as they may be seen, and ``anonymized_answers``.

    The answers about a workspace are those of ``previous`` until the data of enough people have changed
    (``publishing.choose_states``).

    Args:
        marts: the closed file of the finished marts.
        target: a DuckDB file that does not exist yet.
        lake: what was loaded, for the facts in the answers.
        unread: workspaces that are published as anonymised, because their settings are in quarantine.
        version: name of the version that is being made.
        previous: the version that readers see.

    Raises:
        SettingsError: the key of pseudonyms cannot be had.
    """
    key = secret_key(home, settings)
    with attached(marts, settings, home.temp) as con:
        con.execute(f"attach {quote_literal(str(target))} as shown (storage_version {quote_literal(STORAGE_VERSION)})")
        con.execute("create schema marts; create schema shown.marts")
        tables = _tables(con)
        for table in tables:
            con.execute(f"create view marts.{quote_identifier(table)} as from built.marts.{quote_identifier(table)}")
        con.execute("create table unread_settings as select unnest($unread::varchar[]) as workspace_id",
                    {"unread": list(unread)})
        con.execute(_WORKSPACES)
        write_ops(con, home, lake)
        find_hidden(con)
        hide_words(con, tables, WHOLE)
        find_hidden_content(con)
        choices = show_states(con, home, key, version, previous)
        for table, columns in tables.items():
            con.execute(f"create table shown.marts.{quote_identifier(table)} as {_shown(table, columns)}")
        con.execute(f"create table shown.marts.anonymized_answers ({COLUMNS})")
        con.execute("insert into shown.marts.anonymized_answers from shown_answers order by all")
        few = find_few_people(con, home, lake)
        workspaces = con.execute("select workspace_id from protected_workspaces order by workspace_id").fetchall()
        con.execute("checkpoint shown")
        con.execute("detach shown")
    return Projected(
        {one.workspace_id: one.state.data_as_of for one in choices.values()},
        previous is not None and any(one.is_forced for one in choices.values()), few,
        tuple(workspace for (workspace,) in workspaces),
    )


def _shown(table: str, columns: list[str]) -> str:
    """The query for the rows and columns of a table that may be published; an unknown table loses the most."""
    source = f"marts.{quote_identifier(table)} as t"
    if table == "dim_workspaces":
        # how many events are not in the facts may be about a few people
        kept = "case when t.anonymization = 'none' then t.events_left_out end"
        return f"select t.* replace ({kept} as events_left_out) from {source}"
    if table in WHOLE:
        return f"from {source}"
    is_full = "t.workspace_id in (select workspace_id from protected_workspaces where is_full)"
    if table == "dim_content":
        named = f"exists (from hidden_users as h where {_SAME}h.user_id = t.content_id)"
        same_item = f"{_SAME}h.content_type = t.content_type and h.content_id = t.content_id"
        few = f"exists (from hidden_content as h where {same_item})"
        return (
            f"from {source} where not (t.content_type = 'user' and ({is_full} or {named})) and not {few}"
            # in a state that is kept, no item that only later openings made known
            f" and (not t.is_inferred or t.workspace_id not in (from kept_workspaces)"
            f" or exists (from kept_content as h where {same_item}))"
        )
    people = [column for column in _PERSON if column in columns]
    if not people:
        return f"from {source} where t.workspace_id not in (select workspace_id from protected_workspaces)"
    hidden = " or ".join(
        f"exists (from hidden_actors as h where {_SAME}h.actor_id = t.{column})" for column in people
    )
    shown = ", ".join(
        f"case when {_NAMING[column]} then {quote_literal(ANONYMIZED if column[-4:] != 'item' else _PROFILE)}"
        f" else t.{column} end as {column}" if column in _NAMING and _can_name(column, columns)
        else f"t.{quote_identifier(column)}"
        for column in columns
    )
    return f"select {shown} from {source} where not ({is_full} or {hidden})"


_PROFILE = f"user:{ANONYMIZED}"


def _can_name(column: str, columns: list[str]) -> bool:
    return column != "content_id" or "content_type" in columns


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = 'built' and schema_name = 'marts'"
        " order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, []).append(column)
    return found


@contextmanager
def attached(
    marts: Path, settings: Settings | None = None, temp: Path | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees the tables of a marts or published file as ``built.marts.<table>``."""
    with connect(settings=settings.duckdb if settings else None, temp=temp) as con:
        try:
            con.execute(f"attach {quote_literal(str(marts))} as built (read_only)")
        except duckdb.IOException as error:
            raise FootfallError(
                "The finished marts cannot be opened for publishing.", where=str(marts),
                hint="Close the program that has the file open; readers use published/footfall.duckdb.",
            ) from error
        yield con

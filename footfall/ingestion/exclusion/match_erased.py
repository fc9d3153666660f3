"""Find the lines of erased people, and other people's lines that name them, and redact these; set-based.

Works on a table of rows in the lake's columns: what was just validated, or rows of a lake file. Distinct ids are looked
up in Python once (HMACs cannot be joined), the rest is joins. Where nobody was ever erased, nothing of it runs.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import duckdb

from footfall.core.database import quote_literal
from footfall.ingestion.database import CONTENT_HASH, value
from footfall.ingestion.exclusion.mentions import as_document, may_be_part, mentions, split_names
from footfall.ingestion.exclusion.redact import ERASED, Redaction, Rule
from footfall.ingestion.exclusion.tombstones import SHORTEST_WORD, Erased, tokens, unquoted

#: What an event without a content type is about.
_CATALOG = Path(__file__).parents[3] / "dbt_project" / "seeds" / "event_catalog.csv"
#: Texts that others write, besides the properties. A name in one of them is replaced with its whole value.
TEXT_COLUMNS = ("event", "module", "content_type", "content_title", "query", "os_version", "app_version")
_NAMED = ("content_id", *TEXT_COLUMNS)
_TOKEN = quote_literal(r'"(?:[^"\\]|\\.)*"|[^\s"{}\[\]:,]+')
#: Ids of a table, by kind, that may belong to an erased person.
_SUSPECTS = {
    "user": (
        "select workspace_id, user_id as id from {rows} union "
        "select workspace_id, content_id from {rows} where {is_profile}"
    ),
    "device": (
        "select workspace_id, device_id as id from {rows} where user_id is null union "
        "select workspace_id, anonymous_id from {rows} where user_id is null"
    ),
    "message": "select distinct workspace_id, message_id as id from {rows} where user_id is null",
    "text": (
        f"select distinct workspace_id, unnest([content_id, {', '.join(TEXT_COLUMNS)}]) as id from {{rows}} union "
        f"select workspace_id, unnest(regexp_extract_all(properties, {_TOKEN})) from {{rows}} "
        "where properties is not null"
    ),
}
_OF = "(workspace_id, {column}) in (select (workspace_id, id) from erased_{kind})"
#: SQL: the line is an erased person's own.
IS_ERASED = (
    f"(coalesce({_OF.format(column='user_id', kind='user')}, false) or (user_id is null and ("
    f"coalesce({_OF.format(column='device_id', kind='device')}, false) "
    f"or coalesce({_OF.format(column='anonymous_id', kind='device')}, false) "
    f"or coalesce({_OF.format(column='message_id', kind='message')}, false))))"
)


@cache
def is_profile() -> str:
    """SQL: the event is about a profile, by its own content type or else by the event catalogue, as in the models."""
    with _CATALOG.open(encoding="utf-8", newline="") as file:
        events = [row["event"] for row in csv.DictReader(file) if row["content_type"] == "user"]
    return f"(content_type = 'user' or (content_type is null and event in ({', '.join(map(quote_literal, events))})))"


def _in_profile() -> str:
    """SQL: the event is about an erased person's profile."""
    return f"({is_profile()} and {_OF.format(column='content_id', kind='user')})"


def find_erased_ids(
    con: duckdb.DuckDBPyConnection, rows: str, erased: Erased, *, with_texts: bool = True
) -> bool:
    """Fill ``erased_user``, ``erased_device``, ``erased_message`` (workspace_id, id) with the ids of erased people in
    table ``rows``, and ``erased_text`` and ``erased_split`` with the texts of others that name them; False when it has
    none.

    Args:
        with_texts: False where only their own lines are looked for; leaves ``erased_text`` empty.
    """
    found = 0
    con.execute("create or replace temp table erased_split(workspace_id varchar, id varchar)")
    for kind, query in _SUSPECTS.items():
        con.execute(f"create or replace temp table erased_{kind}(workspace_id varchar, id varchar)")
        if kind == "text" and not (with_texts and erased.kinds & {"text", "word"}):
            continue
        if kind not in erased.kinds and kind != "text":
            continue
        where = ""
        if erased.workspaces is not None:
            where = f" and workspace_id in ({', '.join(map(quote_literal, sorted(erased.workspaces)))})"
        if kind == "text":
            where += f" and strlen(id) >= {SHORTEST_WORD}"
        suspects = con.execute(
            f"select workspace_id, id from ({query.replace('{rows}', rows).replace('{is_profile}', is_profile())}) "
            f"where workspace_id is not null and id is not null{where}"
        ).fetchall()
        known = [
            (workspace, text) for workspace, text in suspects if _is_known(erased, kind, workspace, text)
        ]
        fill(con, f"erased_{kind}", known)
        found += len(known)
        if kind == "text":
            found += _find_split_names(con, rows, erased, set(suspects) - set(known))
    return found > 0


def _find_split_names(
    con: duckdb.DuckDBPyConnection, rows: str, erased: Erased, suspects: Iterable[tuple[str, str]]
) -> int:
    """Fill ``erased_split`` with properties in which a first and a last name are members of one object; count them."""
    parts = [(workspace, text) for workspace, text in suspects if may_be_part(unquoted(text), erased)]
    if not parts:
        return 0
    con.execute("create or replace temp table erased_part(workspace_id varchar, id varchar)")
    fill(con, "erased_part", parts)
    texts = con.execute(
        "select distinct workspace_id, properties from (select workspace_id, properties, "
        f"unnest(regexp_extract_all(properties, {_TOKEN})) as token from {rows} where properties is not null) "
        f"where {_OF.format(column='token', kind='part')}"
    ).fetchall()
    found = [
        (workspace, text) for workspace, text in texts
        if (document := as_document(text)) is not None and split_names(document, erased, [workspace])
    ]
    fill(con, "erased_split", found)
    return len(found)


def _is_known(erased: Erased, kind: str, workspace: str, text: str) -> bool:
    """Whether an id belongs to an erased person; a list or an object does if it contains such an id."""
    if kind == "text":
        return mentions(unquoted(text), erased, [workspace])
    return erased.includes(kind, workspace, text) or (
        text[:1] in ("[", "{") and any(erased.includes(kind, workspace, token) for token in set(tokens(text)))
    )


def fill(con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[str, str | int]]) -> None:
    """Add rows of two values to a table in one statement."""
    if pairs:
        con.execute(
            f"insert into {table} select unnest($first), unnest($second)",
            {"first": [first for first, _ in pairs], "second": [second for _, second in pairs]},
        )


def find_mentions(con: duckdb.DuckDBPyConnection, rows: str, key: str) -> bool:
    """Fill ``mentions`` (key columns, workspace_id, role, member, value): others' rows that name erased people.

    Roles: ``named`` (somewhere), ``profile`` (the value of the member goes), ``thing`` (the value is an id of
    something, which gets a stand-in), ``identity`` (the value says whose the row is, and stays).
    """
    in_profile = _in_profile()
    is_named = {name: f"coalesce({_OF.format(column=name, kind='text')}, false)" for name in _NAMED}
    is_split = f"coalesce({_OF.format(column='properties', kind='split')}, false)"
    words = (
        f"select {key}, workspace_id, unnest(regexp_extract_all(properties, {_TOKEN})) as token from {rows} "
        f"where properties is not null and not {IS_ERASED}"
    )
    con.execute(
        "create or replace temp table mentions as "
        f"select {key}, workspace_id, 'profile' as role, 'content_id' as member, content_id as value from {rows} "
        f"where {in_profile} and not {IS_ERASED} "
        f"union select {key}, workspace_id, 'profile', 'content_title', content_title from {rows} "
        f"where content_title is not null and {in_profile} and not {IS_ERASED} "
        f"union select {key}, workspace_id, 'thing', 'content_id', content_id from {rows} "
        f"where {is_named['content_id']} and not coalesce({in_profile}, false) and not {IS_ERASED} "
        f"union select {key}, workspace_id, 'named', null, null from {rows} "
        f"where ({' or '.join([*is_named.values(), is_split])}) and not {IS_ERASED} "
        f"union select {key}, workspace_id, 'named', null, null from ({words}) "
        f"where {_OF.format(column='token', kind='text')}"
    )
    con.execute(
        f"insert into mentions select distinct {key}, workspace_id, 'identity', null, "
        f"unnest([workspace_id, user_id, device_id, anonymous_id, message_id]) from {rows} "
        f"where ({key}) in (select ({key}) from mentions)"
    )
    return value(con, "select count(*) from mentions") > 0


def redact(con: duckdb.DuckDBPyConnection, rows: str, key: str, erased: Erased) -> None:
    """Put the placeholder into ``rows`` wherever ``mentions`` has an entry, and compute their content hash again."""
    in_profile = f"coalesce({_in_profile()}, false)"
    con.execute("create or replace temp table stand_ins(workspace_id varchar, content_id varchar, stand_in varchar)")
    for workspace, text in con.execute(
        "select distinct workspace_id, value from mentions where role = 'thing'"
    ).fetchall():
        con.execute("insert into stand_ins values (?, ?, ?)", [workspace, text, erased.stand_in(text)])
    replaced = [
        f"{name} = if(coalesce({_OF.format(column=name, kind='text')}, false)"
        f"{f' or (content_title is not null and {in_profile})' if name == 'content_title' else ''}, $erased, {name})"
        for name in TEXT_COLUMNS
    ]
    con.execute(
        f"update {rows} set {', '.join(replaced)}, content_id = if({in_profile}, $erased, coalesce("
        f"(select any_value(stand_in) from stand_ins where stand_ins.workspace_id = {rows}.workspace_id "
        f"and stand_ins.content_id = {rows}.content_id), content_id)) "
        f"where ({key}) in (select ({key}) from mentions)",
        {"erased": ERASED},
    )
    con.execute("create or replace temp table redacted(workspace_id varchar, before varchar, after varchar)")
    for workspace, before in con.execute(
        f"select distinct workspace_id, properties from {rows} where properties is not null "
        f"and ({key}) in (select ({key}) from mentions where role = 'named')"
    ).fetchall():
        after = Redaction(workspaces=(workspace,)).of_json(before, erased)
        con.execute("insert into redacted values (?, ?, ?)", [workspace, before, after])
    con.execute(
        f"update {rows} set properties = redacted.after from redacted "
        f"where {rows}.workspace_id = redacted.workspace_id and {rows}.properties = redacted.before "
        f"and ({key}) in (select ({key}) from mentions where role = 'named')"
    )
    con.execute(f"update {rows} set content_hash = {CONTENT_HASH} where ({key}) in (select ({key}) from mentions)")


def redactions_by(con: duckdb.DuckDBPyConnection, table: str, key: str) -> dict[int, Redaction]:
    """What table ``mentions`` says of each line, by the (one) key column, for the lines' texts."""
    rules: dict[int, set[Rule]] = defaultdict(set)
    by_role: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for place, workspace, role, member, text in con.execute(
        f"select {key}, workspace_id, role, member, value from {table}"
    ).fetchall():
        found = by_role["workspace"][place]
        if workspace is not None:
            found.add(workspace)
        if role == "profile":
            rules[place].add((member, text))
        elif text is not None:
            by_role[role][place].add(text)
    return {
        place: Redaction(
            frozenset(rules[place]), tuple(sorted(names)), frozenset(by_role["thing"][place]),
            frozenset(by_role["identity"][place]),
        )
        for place, names in by_role["workspace"].items()
    }

"""Find the lines of erased people, and other people's lines that name them, and redact these; set-based.

Works on a table of rows in the lake's columns: what was just validated, or rows of a lake file. Distinct ids are looked
up in Python once (HMACs cannot be joined), the rest is joins. Where nobody was ever erased, nothing of it runs.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from footfall.core.database import quote_literal
from footfall.ingestion.database import CONTENT_HASH, value
from footfall.ingestion.exclusion.redact import ERASED, Rule, redact_json
from footfall.ingestion.exclusion.tombstones import SHORTEST_WORD, Erased, parts, tokens, unquoted

#: What an event without a content type is about.
_CATALOG = Path(__file__).parents[3] / "dbt_project" / "seeds" / "event_catalog.csv"
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
    "word": (
        "select workspace_id, content_title as id from {rows} union select workspace_id, query from {rows} union "
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
_IN_TITLE = _OF.format(column="content_title", kind="word")
_IN_QUERY = _OF.format(column="query", kind="word")


@cache
def is_profile() -> str:
    """SQL: the event is about a profile, by its own content type or else by the event catalogue, as in the models."""
    with _CATALOG.open(encoding="utf-8", newline="") as file:
        events = [row["event"] for row in csv.DictReader(file) if row["content_type"] == "user"]
    return f"(content_type = 'user' or (content_type is null and event in ({', '.join(map(quote_literal, events))})))"


def _in_profile() -> str:
    """SQL: the event is about an erased person's profile."""
    return f"({is_profile()} and {_OF.format(column='content_id', kind='user')})"


def find_erased_ids(con: duckdb.DuckDBPyConnection, rows: str, erased: Erased) -> bool:
    """Fill ``erased_user``, ``erased_device``, ``erased_message`` and ``erased_word`` (workspace_id, id) with the ids
    of erased people in table ``rows``; False when it has none."""
    found = 0
    for kind, query in _SUSPECTS.items():
        con.execute(f"create or replace temp table erased_{kind}(workspace_id varchar, id varchar)")
        if kind not in erased.kinds:
            continue
        where = ""
        if erased.workspaces is not None:
            where = f" and workspace_id in ({', '.join(map(quote_literal, sorted(erased.workspaces)))})"
        if kind == "word":
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
    return found > 0


def _is_known(erased: Erased, kind: str, workspace: str, text: str) -> bool:
    """Whether an id belongs to an erased person; a list or an object does if it contains such an id.

    A text does as well if an id, e-mail or name is a part of it: the address of a page, a question about somebody.
    """
    if kind == "word":
        plain = unquoted(text)
        return erased.includes(kind, workspace, plain) or any(
            erased.includes(kind, workspace, part) for part in parts(plain)
        )
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
    """Fill ``mentions`` (key columns, member, value): ids and names of erased people in other people's rows."""
    in_profile = _in_profile()
    words = (
        f"select {key}, workspace_id, unnest(regexp_extract_all(properties, {_TOKEN})) as token from {rows} "
        f"where properties is not null and not {IS_ERASED}"
    )
    con.execute(
        "create or replace temp table mentions as "
        f"select {key}, 'content_id' as member, content_id as value from {rows} "
        f"where {in_profile} and not {IS_ERASED} "
        f"union select {key}, 'content_title', content_title from {rows} "
        f"where content_title is not null and ({in_profile} or {_IN_TITLE}) and not {IS_ERASED} "
        f"union select {key}, 'query', query from {rows} where {_IN_QUERY} and not {IS_ERASED} "
        f"union select {key}, null, token from ({words}) "
        "where (workspace_id, token) in (select (workspace_id, id) from erased_word)"
    )
    return value(con, "select count(*) from mentions") > 0


def redact(con: duckdb.DuckDBPyConnection, rows: str, key: str) -> None:
    """Put the placeholder into ``rows`` wherever ``mentions`` has an entry, and compute their content hash again."""
    in_profile = _in_profile()
    con.execute(
        f"update {rows} set content_id = if({in_profile}, $erased, content_id), "
        f"content_title = if(content_title is not null and ({in_profile} or coalesce({_IN_TITLE}, false)), $erased, "
        f"content_title), query = if(coalesce({_IN_QUERY}, false), $erased, query) "
        f"where ({key}) in (select ({key}) from mentions where member is not null)",
        {"erased": ERASED},
    )
    texts: dict[tuple[str, str], set[Rule]] = defaultdict(set)
    for workspace, properties, token in con.execute(
        f"select distinct workspace_id, properties, mentions.value from {rows} as rows inner join mentions "
        f"using ({key}) where member is null and properties is not null"
    ).fetchall():
        texts[workspace, properties].add((None, unquoted(token)))
    con.execute("create or replace temp table redacted(workspace_id varchar, before varchar, after varchar)")
    for (workspace, before), rules in texts.items():
        con.execute("insert into redacted values (?, ?, ?)", [workspace, before, redact_json(before, rules)])
    con.execute(
        f"update {rows} set properties = redacted.after from redacted "
        f"where {rows}.workspace_id = redacted.workspace_id and {rows}.properties = redacted.before"
    )
    con.execute(f"update {rows} set content_hash = {CONTENT_HASH} where ({key}) in (select ({key}) from mentions)")


def rules_by(con: duckdb.DuckDBPyConnection, table: str, key: str) -> dict[int, set[Rule]]:
    """The rules of table ``mentions`` by the (one) key column, for texts of lines."""
    rules: dict[int, set[Rule]] = defaultdict(set)
    for place, member, text in con.execute(f"select {key}, member, value from {table}").fetchall():
        rules[place].add((member, unquoted(text) if member is None else text))
    return rules

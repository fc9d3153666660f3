"""Lines of people who were erased, and other people's lines that name them: found and taken out, set-based.

Works on a table of rows in the lake's columns: what was just judged, or rows of a lake file. Distinct ids are looked
up in Python once (HMACs cannot be joined), the rest is joins. Where nobody was ever erased, none of it runs.
"""

from collections import defaultdict
from collections.abc import Sequence

import duckdb

from footfall.core.database import quote_literal
from footfall.ingestion.database import CONTENT_HASH, value
from footfall.ingestion.exclusion.redact import ERASED, Rule, redact_json
from footfall.ingestion.exclusion.tombstones import SHORTEST_WORD, Erased, tokens, unquoted

_TOKEN = quote_literal(r'"(?:[^"\\]|\\.)*"|[^\s"{}\[\]:,]+')
#: Ids of a table by kind that may be those of somebody erased.
_SUSPECTS = {
    "user": (
        "select workspace_id, user_id as id from {rows} union "
        "select workspace_id, content_id from {rows} where content_type = 'user'"
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
_OF = "(workspace_id, {column}) in (select (workspace_id, id) from known_{kind})"
#: SQL: the line is an erased person's own.
THEIRS = (
    f"(coalesce({_OF.format(column='user_id', kind='user')}, false) or (user_id is null and ("
    f"coalesce({_OF.format(column='device_id', kind='device')}, false) "
    f"or coalesce({_OF.format(column='anonymous_id', kind='device')}, false) "
    f"or coalesce({_OF.format(column='message_id', kind='message')}, false))))"
)
_POINTS = f"(content_type = 'user' and {_OF.format(column='content_id', kind='user')})"
_TITLED = _OF.format(column="content_title", kind="word")
_SOUGHT = _OF.format(column="query", kind="word")


def find_known(con: duckdb.DuckDBPyConnection, rows: str, erased: Erased) -> bool:
    """Fill ``known_user``, ``known_device``, ``known_message`` and ``known_word`` (workspace_id, id) with the ids of
    table ``rows`` that are those of somebody erased; False when there are none."""
    found = 0
    for kind, query in _SUSPECTS.items():
        con.execute(f"create or replace temp table known_{kind}(workspace_id varchar, id varchar)")
        if kind not in erased.kinds:
            continue
        where = ""
        if erased.workspaces is not None:
            where = f" and workspace_id in ({', '.join(map(quote_literal, sorted(erased.workspaces)))})"
        if kind == "word":
            where += f" and strlen(id) >= {SHORTEST_WORD}"
        suspects = con.execute(
            f"select workspace_id, id from ({query.replace('{rows}', rows)}) "
            f"where workspace_id is not null and id is not null{where}"
        ).fetchall()
        known = [
            (workspace, text) for workspace, text in suspects if _is_known(erased, kind, workspace, text)
        ]
        fill(con, f"known_{kind}", known)
        found += len(known)
    return found > 0


def _is_known(erased: Erased, kind: str, workspace: str, text: str) -> bool:
    """Whether an id is theirs; one of the wrong type (a list, an object) is, if it holds one that is."""
    if kind == "word":
        return erased.knows(kind, workspace, unquoted(text))
    return erased.knows(kind, workspace, text) or (
        text[:1] in ("[", "{") and any(erased.knows(kind, workspace, token) for token in set(tokens(text)))
    )


def fill(con: duckdb.DuckDBPyConnection, table: str, pairs: Sequence[tuple[str, str | int]]) -> None:
    """Add rows of two values to a table in one statement."""
    if pairs:
        con.execute(
            f"insert into {table} select unnest($first), unnest($second)",
            {"first": [first for first, _ in pairs], "second": [second for _, second in pairs]},
        )


def find_named(con: duckdb.DuckDBPyConnection, rows: str, key: str) -> bool:
    """Fill ``named`` (key columns, member, value): what of somebody erased other people's rows hold."""
    words = (
        f"select {key}, workspace_id, unnest(regexp_extract_all(properties, {_TOKEN})) as token from {rows} "
        f"where properties is not null and not {THEIRS}"
    )
    con.execute(
        "create or replace temp table named as "
        f"select {key}, 'content_id' as member, content_id as value from {rows} where {_POINTS} and not {THEIRS} "
        f"union select {key}, 'content_title', content_title from {rows} "
        f"where content_title is not null and ({_POINTS} or {_TITLED}) and not {THEIRS} "
        f"union select {key}, 'query', query from {rows} where {_SOUGHT} and not {THEIRS} "
        f"union select {key}, null, token from ({words}) "
        "where (workspace_id, token) in (select (workspace_id, id) from known_word)"
    )
    return value(con, "select count(*) from named") > 0


def redact(con: duckdb.DuckDBPyConnection, rows: str, key: str) -> None:
    """Put the placeholder into ``rows`` wherever ``named`` says so, and hash their content anew."""
    con.execute(
        f"update {rows} set content_id = if({_POINTS}, $erased, content_id), "
        f"content_title = if(content_title is not null and ({_POINTS} or coalesce({_TITLED}, false)), $erased, "
        f"content_title), query = if(coalesce({_SOUGHT}, false), $erased, query) "
        f"where ({key}) in (select ({key}) from named where member is not null)",
        {"erased": ERASED},
    )
    texts: dict[tuple[str, str], set[Rule]] = defaultdict(set)
    for workspace, properties, token in con.execute(
        f"select distinct workspace_id, properties, named.value from {rows} as rows inner join named "
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
    con.execute(f"update {rows} set content_hash = {CONTENT_HASH} where ({key}) in (select ({key}) from named)")


def rules_by(con: duckdb.DuckDBPyConnection, table: str, key: str) -> dict[int, set[Rule]]:
    """The rules of table ``named`` by the (one) key column, for texts of lines."""
    rules: dict[int, set[Rule]] = defaultdict(set)
    for place, member, text in con.execute(f"select {key}, member, value from {table}").fetchall():
        rules[place].add((member, unquoted(text) if member is None else text))
    return rules

"""The marts without words that name a protected person: titles, modules, events and ids of organisers and clients.

The views are replaced before anything is computed from them, so that tables and answers hide the same words.
"""

from collections.abc import Mapping, Sequence

import duckdb

from footfall.core.database import quote_identifier, quote_literal
from footfall.metrics.disclosure.hidden_words import find_hidden_words
from footfall.metrics.disclosure.protected import ANONYMIZED

_IS_HIDDEN = "(t.workspace_id, {}) in (select (workspace_id, word) from hidden_words)"
#: Columns of words, and the text of each that is compared; an item of a path is a module, or `type:id`.
_TEXTS = {
    **{name: (f"t.{name}",) for name in ("title", "module", "entry_module", "exit_module", "event", "content_id")},
    **{name: (f"t.{name}", f"substr(t.{name}, strpos(t.{name}, ':') + 1)") for name in ("item", "next_item")},
}


def hide_words(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[str]], whole: frozenset[str]) -> None:
    """Replace the views of schema ``marts``; call ``find_hidden`` first.

    Args:
        con: sees the built marts as ``built.marts``, with a view of each in ``marts``.
        tables: columns by table. whole: tables that stay as they are.
    """
    if not find_hidden_words(con):
        return
    for table, columns in tables.items():
        named = [column for column in columns if column in _TEXTS]
        if table in whole or table == "dim_workspaces" or "workspace_id" not in columns or not named:
            continue
        replaced = [f"{_hidden(column, quote_literal(ANONYMIZED))} as {column}" for column in named]
        if table == "dim_content":
            replaced = [_hidden("title", quote_literal(ANONYMIZED)) + " as title", f"{_hidden('url', 'null')} as url"]
        # an item whose id names somebody is known by nothing else
        rows = f" where not {_is_hidden('content_id')}" if table == "dim_content" else ""
        name = quote_identifier(table)
        con.execute(
            f"create or replace view marts.{name} as "
            f"select t.* replace ({', '.join(replaced)}) from built.marts.{name} as t{rows}"
        )


def _is_hidden(column: str) -> str:
    texts = _TEXTS.get(column, (f"t.{column}",))
    return "(" + " or ".join(f"coalesce({_IS_HIDDEN.format(text)}, false)" for text in texts) + ")"


def _hidden(column: str, value: str) -> str:
    return f"case when {_is_hidden(column)} then {value} else t.{column} end"

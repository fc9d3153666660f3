"""Lines of others that name an erased person in a part that is not loaded: the address of a page in the context, a
column that no mapping reads."""

import re
from collections.abc import Collection, Iterable

import pyarrow as pa

from footfall.core.database import quote_identifier
from footfall.ingestion.context import LoadContext
from footfall.ingestion.exclusion.exclude import known_workspaces
from footfall.ingestion.exclusion.mentions import mentions
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import LandingFile, is_gzip
from footfall.ingestion.problems import FileProblem

_ASCII_RUN = re.compile("[a-z0-9]+")
_SHORTEST = 3
#: What a text is written with if no run of plain letters or digits of it is the same in every spelling.
_UNUSUAL = r"[^\x00-\x7f]|\\u[0-9a-f]{4}|%[0-9a-f]{2}|&#?[0-9a-z]+;"


def anchors(texts: Collection[str]) -> str | None:
    """An expression that matches every line, in lower case, in which one of the texts may be; None without texts.

    Letters with marks have several spellings; the run of plain letters and digits beside them has one.
    """
    found = set()
    for text in texts:
        # the domain of an e-mail is in every other line
        runs = _ASCII_RUN.findall(text.lower().partition("@")[0])
        longest = max(runs, key=len, default="")
        found.add(re.escape(longest) if len(longest) >= _SHORTEST else _UNUSUAL if not text.isascii() else (
            re.escape(longest)
        ))
    return "|".join(sorted(found - {""})) or None


def find_in_lines(
    work: LoadContext, table: pa.Table, rows: str, own: Collection[str], pattern: str | None
) -> None:
    """Add to ``mention_lines`` the lines of ``table`` (file_no, line_number, texts) that name an erased person.

    Args:
        rows: table with what was loaded of the lines; its columns ``own`` say whose a line is, and stay.
        pattern: of ``anchors``; None: every line is looked at in Python.
    """
    con, erased = work.con, work.erased
    if erased is None or not len(table):
        return
    con.register("texts", table)
    whole = next((name for name in ("line", "raw") if name in table.schema.names), None)
    columns = [whole] if whole else [
        name for name, kind, *_ in con.execute("describe select * from texts").fetchall()
        if "VARCHAR" in kind or "STRUCT" in kind or "MAP" in kind
    ]
    if not columns:
        con.unregister("texts")
        return
    text = f"concat_ws(' ', {', '.join(f'{quote_identifier(name)}::varchar' for name in columns)})"
    where = "regexp_matches(lower(text), $pattern)" if pattern else "true"
    found = con.execute(
        f"select file_no, line_number, {rows}.workspace_id, text from "
        f"(select file_no, line_number, {text} as text from texts) left join {rows} using (file_no, line_number) "
        f"where {where} and (file_no, line_number) not in (select (file_no, line_number) from erased)",
        {"pattern": pattern} if pattern else {},
    ).fetchall()
    con.unregister("texts")
    known = known_workspaces(work) if found else []
    named = [
        (no, number, workspace) for no, number, workspace, line in found
        if mentions(line, erased, [workspace] if workspace else known)
    ]
    for no, number, workspace in named:
        for one in [workspace] if workspace else known:
            con.execute("insert into mention_lines values (?, ?, ?, 'named', null, null)", [no, number, one])
    if named:
        con.execute(
            f"insert into mention_lines select distinct file_no, line_number, workspace_id, 'identity', null, "
            f"unnest([{', '.join(own)}]) from {rows} "
            "where (file_no, line_number) in (select (file_no, line_number) from mention_lines where role = 'named')"
        )


def texts_of(work: LoadContext, file: LandingFile) -> pa.Table:
    """The lines of a text file of entities: file_no, line_number, line; of other files none."""
    path = work.home.root / file.path
    numbers: list[int] = []
    texts: list[str] = []
    is_packed, longest = is_gzip(file.path), work.settings.limits.max_line_bytes
    try:
        blocks: Iterable = () if file.format == "parquet" else (
            read_csv(path, gzip=is_packed, max_line_bytes=longest) if file.format == "csv"
            else read_blocks(path, gzip=is_packed, max_line_bytes=longest)
        )
        for block in blocks:
            numbers += block.numbers.tolist()
            texts += block.texts.to_pylist()
    except FileProblem:
        pass
    return pa.table({
        "file_no": pa.array([0] * len(numbers), pa.int32()), "line_number": pa.array(numbers, pa.int64()),
        "line": pa.array(texts, pa.string()),
    })


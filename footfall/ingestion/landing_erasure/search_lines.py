"""Lines of others that name an erased person in a part that is not loaded: the address of a page in the context, a
column that no mapping reads."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow as pa

from footfall.core.database import quote_identifier
from footfall.ingestion.context import LoadContext
from footfall.ingestion.exclusion.exclude import known_workspaces
from footfall.ingestion.exclusion.mentions import as_document, mentions, split_names
from footfall.ingestion.exclusion.tombstones import Erased
from footfall.ingestion.formats.csv_records import read_csv
from footfall.ingestion.formats.text_records import read_blocks
from footfall.ingestion.landing.files import LandingFile, is_gzip
from footfall.ingestion.landing_erasure.candidates import Candidates
from footfall.ingestion.problems import FileProblem


@dataclass(frozen=True)
class Texts:
    """The lines of a file: file_no, line_number, line; ``is_complete``: all of them could be read as text."""

    lines: pa.Table
    is_complete: bool


def find_in_lines(
    work: LoadContext, table: pa.Table, rows: str, own: Collection[str], candidates: Candidates | None
) -> None:
    """Add to ``mention_lines`` the lines of ``table`` (file_no, line_number, texts) that name an erased person.

    Args:
        rows: table with what was loaded of the lines; its columns ``own`` say whose a line is, and stay.
        candidates: which lines may name one; None: every line.
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
    found = con.execute(
        f"select file_no, line_number, {rows}.workspace_id, text from "
        f"(select file_no, line_number, {text} as text from texts) left join {rows} using (file_no, line_number) "
        "where (file_no, line_number) not in (select (file_no, line_number) from erased)"
    ).fetchall()
    con.unregister("texts")
    if candidates is not None:
        found = [found[place] for place in candidates.places(pa.array([row[3] for row in found], pa.string()))]
    known = known_workspaces(work) if found else []
    named = [
        (no, number, workspace) for no, number, workspace, line in found
        if _is_named(line, erased, [workspace] if workspace else known)
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


def _is_named(line: str, erased: Erased, workspaces: Collection[str]) -> bool:
    if mentions(line, erased, workspaces):
        return True
    document = as_document(line) if "name" in erased.kinds else None
    return document is not None and bool(split_names(document, erased, workspaces))


def texts_of(work: LoadContext, file: LandingFile) -> Texts:
    """The lines of a text file of entities; of other files none."""
    path = work.home.root / file.path
    numbers: list[int] = []
    texts: list[str] = []
    is_packed, longest = is_gzip(file.path), work.settings.limits.max_line_bytes
    is_complete = file.format != "parquet" and file.problem is None
    try:
        blocks: Iterable = () if not is_complete else (
            read_csv(path, gzip=is_packed, max_line_bytes=longest) if file.format == "csv"
            else read_blocks(path, gzip=is_packed, max_line_bytes=longest)
        )
        for block in blocks:
            numbers += block.numbers.tolist()
            texts += block.texts.to_pylist()
            is_complete = is_complete and not block.rejected
    except FileProblem:
        is_complete = False
    return Texts(pa.table({
        "file_no": pa.array([0] * len(numbers), pa.int32()), "line_number": pa.array(numbers, pa.int64()),
        "line": pa.array(texts, pa.string()),
    }), is_complete)

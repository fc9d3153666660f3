"""The published tables as Parquet: a version's own set of files, unchanged ones shared with the version before.

``marts/<table>/<local_date>.parquet`` for the big facts (rows without a date: ``undated.parquet``), else
``marts/<table>/<table>.parquet``; a big fact without rows has ``empty.parquet``, so that its columns can be read.
The date is a column of the file, not of the folder: Hive-style folder names override columns in DuckDB.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from footfall.core.database import quote_identifier, quote_literal
from footfall.publishing.content import DATED, UNDATED, Content, TableContent

# Measured on 1.7 million rows of fct_events: 1.9 s and 41 MB so; 2.1 s and 79 MB with the defaults. Rows of a date
# are written as they come (sorting them costs half as much again, and a table has no order); small tables sorted.
_OPTIONS = "format parquet, compression zstd, compression_level 1, dictionary_size_limit 5000, row_group_size 122880"
#: Values (rows times columns) and dates that one statement writes at most; one date of more is written alone. Rows of
#: several dates are in memory until all are read: 12 million values are about 250 MB.
_VALUES_TOGETHER, _DAYS_TOGETHER = 12_000_000, 64
#: More rows than any statement writes together: otherwise DuckDB writes what it has of each date every 524,288 rows, in
#: row groups that small.
_NO_FLUSH = 1_000_000_000
#: Suffix of a folder of several dates, until its files are moved; the column that DuckDB names its folders after.
_TOGETHER, _DAY = ".dates", "footfall_day"


def write_parquet(
    con: duckdb.DuckDBPyConnection, schema: str, folder: Path, content: Content,
    old: Content | None, old_folder: Path | None, workers: int = 2,
) -> tuple[int, int]:
    """Write the tables of ``schema`` below ``folder`` (new, without readers yet).

    A file whose rows are those of ``old`` becomes a hard link to it (a copy where the file system has no links).
    Many dates of a table are written together, so that each of its rows is read few times, however many dates there
    are.

    Returns:
        Files written, files shared with the old version.
    """
    writes: list[tuple[str, Path]] = []
    shared = 0
    for table, now in content.tables.items():
        target = folder / table
        target.mkdir(parents=True)
        before = old.tables.get(table) if old is not None and old.engine == content.engine else None
        changed = now.changed_since(before)
        is_comparable = before is not None and before.columns == now.columns
        days: list[str] = []
        for name, condition, keys in _files(table, now):
            is_same = is_comparable and not (changed if keys is None else changed & keys)
            if is_same and old_folder is not None and (old_folder / table / name).exists():
                _share(old_folder / table / name, target / name)
                shared += 1
            elif keys and UNDATED not in keys:
                days += keys
            else:
                writes.append((_copy_statement(schema, table, condition, target / name), target / name))
        most = _VALUES_TOGETHER // (now.columns.count(", ") + 1)
        writes += _by_day(schema, table, target, {day: now.parts[day][0] for day in days}, most)

    def write(statement: str) -> None:
        with con.cursor() as cursor:
            cursor.execute(f"set partitioned_write_flush_threshold = {_NO_FLUSH}")
            cursor.execute(statement)

    # Two COPYs side by side use two cores; one COPY of a day of events uses little more than one.
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(write, [statement for statement, _ in writes]))
    written = sum(_take_apart(con, target) if target.suffix == _TOGETHER else 1 for _, target in writes)
    return written, shared


def _by_day(
    schema: str, table: str, folder: Path, rows: Mapping[str, int], most: int
) -> Iterator[tuple[str, Path]]:
    """Statements that write a file for each day, and what each of them makes: a file, or a folder of several days.

    Rows of a date may be anywhere in a table that was built in one go. With a statement a date, each would read the
    whole table: 365 dates of 23 million events took 129 s.

    Args:
        rows: number of rows by day, in order of the days. most: rows that a statement for several days writes.
    """
    name = f"{quote_identifier(schema)}.{quote_identifier(table)}"
    together: list[str] = []
    for place, day in enumerate(days := list(rows)):
        together.append(day)
        following = rows[days[place + 1]] if place + 1 < len(days) else most
        is_full = sum(rows[one] for one in together) + following > most or len(together) == _DAYS_TOGETHER
        if not is_full:
            continue
        first, last = quote_literal(together[0]), quote_literal(together[-1])
        if len(together) == 1:
            target = folder / f"{day}.parquet"
            yield _copy_statement(schema, table, f"local_date = {first}::date", target), target
        else:
            target = folder / f"{day}{_TOGETHER}"
            listed = ", ".join(f"{quote_literal(one)}::date" for one in together)
            yield (
                f"copy (select *, local_date as {_DAY} from {name} where local_date between {first}::date and "
                f"{last}::date and local_date in ({listed})) to {quote_literal(str(target))} "
                f"({_OPTIONS}, partition_by ({_DAY}))", target,
            )
        together = []


def _take_apart(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Move the files of a folder of several days to where they belong; return how many."""
    days = sorted(folder.iterdir())
    for day in days:
        target = folder.parent / f"{day.name.partition('=')[2]}.parquet"
        parts = sorted(str(path) for path in day.iterdir())
        if len(parts) == 1:
            Path(parts[0]).rename(target)
        else:
            read = "read_parquet($parts, hive_partitioning = false)"
            con.execute(f"copy (from {read}) to {quote_literal(str(target))} ({_OPTIONS})", {"parts": parts})
    shutil.rmtree(folder)
    return len(days)


def _files(table: str, now: TableContent) -> Iterable[tuple[str, str | None, set[str] | None]]:
    """Yield file name, condition on the rows if any, and the dates the file depends on (None: the whole table)."""
    if table not in DATED or not now.is_dated:
        yield f"{table}.parquet", None, None
    elif not now.parts:
        yield "empty.parquet", "false", set()
    else:
        for day in sorted(now.parts):
            if day == UNDATED:
                yield "undated.parquet", "local_date is null", {day}
            else:
                yield f"{day}.parquet", None, {day}


def _copy_statement(schema: str, table: str, condition: str | None, target: Path) -> str:
    rest = "order by all" if condition is None else f"where {condition}"
    name = f"{quote_identifier(schema)}.{quote_identifier(table)}"
    return f"copy (select * from {name} {rest}) to {quote_literal(str(target))} ({_OPTIONS})"


def _share(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # No hard links here (some network and container file systems): copy the bytes.
        shutil.copyfile(source, target)

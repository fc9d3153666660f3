"""Damaged files of what is published, and what can be restored without building anything.

Imports DuckDB only where a file has to be read: an empty night looks here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from footfall.core.checksums import Checksum, FileInUse, VerifiedFiles, checksum
from footfall.core.home import Home
from footfall.core.state_files import read_json, read_number, remove, write_json
from footfall.publishing import versions

if TYPE_CHECKING:
    import duckdb

#: Size and SHA-256 of the Parquet files of a version.
FILES = "files.json"


def write_checksums(folder: Path, previous: Path | None) -> None:
    """Write ``files.json`` of a version; files shared with ``previous`` are not read again."""
    known = (read_json(previous / FILES) or {}) if previous is not None else {}
    found: dict[str, Checksum | list] = {}
    for path in sorted((folder / "marts").rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        is_shared = previous is not None and name in known and _is_same_file(previous / name, path)
        found[name] = known[name] if is_shared else checksum(path)
    write_json(folder / FILES, found)


def find_published_damage(home: Home, verified: VerifiedFiles, *, deep: bool) -> Iterator[tuple[Path, str]]:
    """What is wrong with the version that readers see; nothing where nothing was ever published.

    Args:
        deep: read every file, and every row of the DuckDB file.

    Yields:
        Path and problem.
    """
    found = versions.list_versions(home)
    if not found:
        return
    folder = _linked_version(home)
    if folder is None:
        folder = found[-1]
        yield home.published / "current", "the link to the published version is gone"
    else:
        for name in versions.NAMES:
            if (folder / name).exists() and not (home.published / name).exists():
                yield home.published / name, "the link is gone"
            elif (home.published / name).exists() and not (home.published / name).is_symlink():
                yield home.published / name, "something else is in the place of the link: move it elsewhere"
    for name in ("current.json", "state.json", FILES):
        if read_json(folder / name) is None:
            yield folder / name, "it is missing, cut, changed or not JSON"
    current = read_json(folder / "current.json")
    if current is not None and not _is_current(current):
        yield folder / "current.json", "it has another form than Footfall writes"
    state = read_json(folder / "state.json")
    file = folder / "footfall.duckdb"
    problem = "it is missing" if not file.exists() else verified.check(file, lambda: _look(file, state), deep=deep)
    if problem is not None:
        yield file, problem
    for name, expected in (read_json(folder / FILES) or {}).items():
        problem = verified.find_problem(folder / name, (expected[0], expected[1]), deep=deep)
        if problem is not None:
            yield folder / name, problem


def _is_current(document: dict) -> bool:
    """Whether a ``current.json`` has what the next run needs of it."""
    return isinstance(document.get("lake_seq"), int) and isinstance(document.get("tables"), dict) and all(
        isinstance(document.get(name), str) for name in ("run_id", "published_at", "version")
    )


def shown_version(home: Home) -> Path | None:
    """The version that readers see, or saw until the links to it were lost; None where nothing was ever published."""
    return _linked_version(home) or next(reversed(versions.list_versions(home)), None)


def published_seq(home: Home) -> int:
    """The newest commit of the lake that readers see; 0 where that is not known."""
    folder = shown_version(home)
    return read_number(folder / "current.json", "lake_seq") if folder is not None else 0


def restore_links(home: Home) -> None:
    """Point the public names to the newest complete version where the links are gone."""
    folder = shown_version(home)
    if folder is not None and (folder / "current.json").exists():
        versions.swap(home, folder)


def forget_content(home: Home) -> None:
    """Forget what the published version holds, so that the next publication writes every file of a new one."""
    folder = versions.current_version(home)
    if folder is not None:
        remove(folder / "state.json")


def forget_commits(home: Home) -> None:
    """Forget from which commits the published version was built, so that the next run builds and publishes again."""
    folder = versions.current_version(home)
    current = read_json(folder / "current.json") if folder is not None else None
    if folder is not None and current is not None:
        write_json(folder / "current.json", {**current, "lake_seq": 0})


def published_files(home: Home) -> list[tuple[str, str]]:
    """Path and SHA-256 of the landing files in the newest published ledger that can be read; empty without one."""
    import duckdb

    from footfall.core.database import connect

    shown = shown_version(home)
    older = [folder for folder in reversed(versions.list_versions(home)) if folder != shown]
    for folder in [shown, *older] if shown is not None else []:
        try:
            with connect(folder / "footfall.duckdb", read_only=True) as con:
                return con.execute("select file, sha256 from ops.load_ledger where sha256 is not null").fetchall()
        except duckdb.Error:
            continue
    return []


def read_every_row(path: Path) -> str | None:
    """Read every block of a DuckDB file, whose checksums DuckDB verifies; the problem, or None."""
    import duckdb

    from footfall.core.database import connect

    try:
        with connect(path, read_only=True) as con:
            _hash_tables(con, "true")
    except duckdb.Error as error:
        return _problem(error)
    return None


def _look(path: Path, state: dict | None) -> str | None:
    import duckdb

    from footfall.core.database import connect
    from footfall.publishing.content import Content, read_content

    try:
        with connect(path, read_only=True) as con:
            _hash_tables(con, "schema_name <> 'marts'")
            expected = Content.from_json(state) if state is not None else None
            if expected is None or expected.engine != duckdb.__version__:
                _hash_tables(con, "schema_name = 'marts'")
            elif read_content(con, "marts").tables != expected.tables:
                return "its tables are not those that were published"
    except (duckdb.Error, KeyError) as error:
        return _problem(error)
    return None


def _linked_version(home: Home) -> Path | None:
    """The folder that the public link leads to, whatever is in it."""
    link = home.published / "current"
    return home.published / link.readlink() if link.is_symlink() and link.is_dir() else None


def _problem(error: Exception) -> str:
    """What DuckDB says of a file, as a phrase.

    Raises:
        FileInUse: a program has opened the file for writing.
    """
    text = str(error).splitlines()[0]
    if "Could not set lock" in text:
        raise FileInUse from error
    return f"DuckDB cannot read it: {text}"


def _hash_tables(con: "duckdb.DuckDBPyConnection", condition: str) -> None:
    """Read every row of the tables that meet a condition."""
    from footfall.core.database import quote_identifier, value

    tables = con.execute(
        "select database_name, schema_name, table_name from duckdb_tables() "
        f"where database_name = current_database() and {condition}"
    ).fetchall()
    for names in tables:
        table = ".".join(map(quote_identifier, names))
        value(con, f"select sum(hash(this_row)::hugeint) from {table} as this_row")


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False

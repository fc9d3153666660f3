"""Names of landing files with an erased person in them, wherever the lake has them; and run records that quote one."""

import json
from collections.abc import Iterable
from dataclasses import replace

import duckdb

from footfall.core.home import Home
from footfall.core.state_files import write_json
from footfall.ingestion.exclusion.mentions import mentions
from footfall.ingestion.exclusion.redact import Redaction
from footfall.ingestion.exclusion.tombstones import ANYWHERE, Erased
from footfall.ingestion.lake.commit_log import Commit
from footfall.ingestion.landing_erasure.rename import clean_path
from footfall.publishing.history import history_folder


def renamed_paths(commits: Iterable[Commit], erased: Erased) -> dict[str, str]:
    """Old and new path of every landing file of the log whose name changes."""
    paths = {row["file"] for commit in commits for row in commit.files}
    paths |= {seen["path"] for commit in commits for seen in commit.known_files}
    cleaned = ((path, clean_path(path, erased)) for path in sorted(paths))
    return {path: new for path, new in cleaned if new != path}


def with_new_paths(commit: Commit, renamed: dict[str, str]) -> Commit:
    """The commit with the new names of its landing files."""
    if not renamed:
        return commit
    return replace(
        commit, files=[{**row, "file": renamed.get(row["file"], row["file"])} for row in commit.files],
        known_files=[{**seen, "path": renamed.get(seen["path"], seen["path"])} for seen in commit.known_files],
    )


def rename_in_rows(con: duckdb.DuckDBPyConnection, table: str, erased: Erased, column: str = "file") -> int:
    """Put new paths into a column of a table, if it has it; how many paths changed."""
    changed = new_paths(con, table, erased, column)
    for old, new in changed.items():
        con.execute(f"update {table} set {column} = $new where {column} = $old", {"new": new, "old": old})
    return len(changed)


def new_paths(con: duckdb.DuckDBPyConnection, rows: str, erased: Erased, column: str) -> dict[str, str]:
    """Old and new path of the landing files in a column, of those whose name changes."""
    if column not in {name for name, *_ in con.execute(f"describe select * from {rows}").fetchall()}:
        return {}
    paths = con.execute(f"select distinct {column} from {rows} where {column} is not null").fetchall()
    return {path: new for (path,) in paths if (new := clean_path(path, erased)) != path}


def forget_file_names(home: Home, erased: Erased) -> int:
    """Take names out of the records of runs, and drop the list of files seen, which is made again; counts records."""
    (home.lake / "seen.json").unlink(missing_ok=True)
    redaction = Redaction(workspaces=(ANYWHERE,))
    changed = 0
    for path in sorted((history_folder(home) / "runs").glob("*.json")):
        text = path.read_text(encoding="utf-8")
        if mentions(text, erased, [ANYWHERE]):
            write_json(path, redaction.of_any(json.loads(text), None, erased))
            changed += 1
    return changed

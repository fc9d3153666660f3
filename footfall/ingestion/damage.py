"""Damaged files of the lake, and the lake emptied so that it is loaded again from the landing zone."""

import shutil
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from footfall.core.checksums import VerifiedFiles
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import is_damaged
from footfall.ingestion.exclusion.erased_contents import clean_form, read_clean_forms
from footfall.ingestion.lake.commit_log import Commit, live_commits, parse_commit, sweep
from footfall.ingestion.landing.files import discover
from footfall.ingestion.landing.hashes import known_hashes, with_hashes
from footfall.ingestion.retention_record import read_retention_record

_ROWS = ("added", "removed", "copies", "kept")
_MAGIC = b"PAR1"


def find_lake_damage(
    home: Home, verified: VerifiedFiles, published_seq: int, *, deep: bool
) -> Iterator[tuple[Path, str]]:
    """Commits that cannot be read or are missing, and files of the others that are missing or changed.

    Files that retention removed or emptied are as they should be.

    Args:
        published_seq: the newest commit that was ever published; the log cannot be shorter.
        deep: read every file.

    Yields:
        Path and problem of each.
    """
    commits, damaged = _read_log(home, published_seq)
    yield from damaged
    retention = read_retention_record(home)
    emptied = set(retention.emptied)
    for commit in commits:
        may_be_gone = retention.is_lake_removed(commit.load_date)
        of_rows = {path for name in _ROWS for path in commit.events.get(name, ())}
        for name in commit.paths():
            path = home.root / name
            if name in emptied or (may_be_gone and name in of_rows and not path.exists()):
                continue
            known = commit.checksums.get(name)
            if known is not None:
                problem = verified.find_problem(path, (known[0], known[1]), deep=deep)
            else:
                problem = verified.check(path, partial(_look_at_parquet, path), deep=deep)
            if problem is not None:
                yield path, problem


def require_landing(home: Home, settings: Settings, published: Iterable[tuple[str, str]], published_seq: int) -> int:
    """Make sure that everything the lake held can be loaded again; return the number of landing files.

    Args:
        published: path and SHA-256 of the landing files in the published ledger.
        published_seq: as in ``find_lake_damage``.

    Raises:
        FootfallError: files that were loaded are no longer in the landing zone.
    """
    commits, _ = _read_log(home, published_seq)
    forms = read_clean_forms(home)
    loaded = {(row["file"], row["sha256"]) for commit in live_commits(commits) for row in commit.files}
    needed = {(file, clean_form(sha256, forms)) for file, sha256 in loaded | set(published)}
    files = with_hashes(home, discover(home, settings)[0], known_hashes(home, commits))
    there = {clean_form(file.sha256, forms) for file in files}
    paths = {file.path for file in files}
    # A path with another content is a new version of the file, which replaces the old one anyway.
    lost = sorted(file for file, sha256 in needed if sha256 not in there and file not in paths)
    if lost:
        raise FootfallError(
            f"The lake is damaged, and {len(lost):,} of the {len(needed):,} landing files that it was loaded from are "
            f"gone, such as {lost[0]}. What was published stays.",
            where=str(home.lake),
            hint="Put the folder lake/ back from a backup of the home, or these landing files; then `footfall run`.",
        )
    return len(files)


def empty_lake(home: Home) -> None:
    """Remove everything that was loaded, so that the next load fills the lake again from the landing zone.

    Tombstones of erased people, the history and the record of retention stay. Call ``require_landing`` before.
    """
    aside = home.lake / "commits.damaged"
    shutil.rmtree(aside, ignore_errors=True)
    home.commits.rename(aside)
    home.commits.mkdir()
    sweep(home, [])
    shutil.rmtree(aside)


def _read_log(home: Home, published_seq: int) -> tuple[list[Commit], list[tuple[Path, str]]]:
    """The commits that can be read, and the problems of the others; of a missing one, its file."""
    names = sorted(path for path in home.commits.glob("*.json") if path.stem.isdigit())
    numbers = {int(path.stem) for path in names}
    expected = range(1, max([published_seq, *numbers]) + 1) if numbers or published_seq else ()
    problems = [
        (home.commits / f"{seq:08d}.json", "it is missing") for seq in expected if seq not in numbers
    ]
    commits = []
    for path in names:
        if is_damaged(path):
            problems.append((path, "it is cut, changed or not JSON"))
            continue
        commits.append(parse_commit(path))
    return commits, problems


def _look_at_parquet(path: Path) -> str | None:
    """Of a file without a checksum: whether it is a whole Parquet file."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(-4, 2) if path.stat().st_size > 8 else None
        return None if head == _MAGIC == file.read(4) else "it is no whole Parquet file"

"""What is replaced rather than edited: DELETE leaves bytes in a file, so files are removed and made again."""

import shutil
from collections.abc import Collection
from pathlib import Path

from footfall.core.home import Home
from footfall.core.safe_names import encoded
from footfall.publishing.versions import sweep


def clear_warehouse(home: Home, kept: Collection[Path] = ()) -> dict[str, int]:
    """Remove everything in the warehouse's folder: its files, dbt's logs, temporary files. The next run builds it.

    Args:
        kept: folders that stay; the engine takes the bytes out of them (``Engine.remove_for_good``).
    """
    found = home.warehouse.iterdir() if home.warehouse.is_dir() else ()
    return _removed([path for path in found if path not in kept])


def clear_exports(home: Home, workspaces: Collection[str]) -> dict[str, int]:
    """Remove all folders of these workspaces, of every range and person; the next run makes the settings' ranges."""
    names = {encoded(workspace) for workspace in workspaces}
    folders = [
        path for path in (home.exports.iterdir() if home.exports.is_dir() else ())
        if path.is_dir() and (path.name in names or path.name.rpartition("~")[0] in names or path.name.startswith("."))
    ]
    made = sum(1 for folder in folders for _ in folder.rglob("manifest.json"))
    counts = _removed(folders)
    index = home.exports / "index.html"
    if counts["files"]:
        index.unlink(missing_ok=True)
    return {"folders": made, **counts}


def drop_older_versions(home: Home) -> dict[str, int]:
    """Remove every published version but the one readers see now."""
    return {"versions": len(sweep(home, 1))}


def clear_history_of_runs(home: Home) -> dict[str, int]:
    """Remove Dagster's record of past runs; ``ops.runs`` keeps its own."""
    return _removed([path for path in home.dagster.iterdir() if path.name != "dagster.yaml"])


def clear_logs(home: Home) -> dict[str, int]:
    """Remove tracebacks of bugs, whose messages may quote data."""
    return _removed(list(home.logs.iterdir()) if home.logs.is_dir() else [])


def clear_sample_key(home: Home) -> dict[str, int]:
    """Remove the answer key of a sample: it describes lines that the landing zone no longer has."""
    path = home.root / "sample_answer_key.jsonl.gz"
    return _removed([path] if path.exists() else [])


def _removed(paths: Collection[Path]) -> dict[str, int]:
    files = bytes_ = 0
    for path in paths:
        is_folder = path.is_dir() and not path.is_symlink()
        found = [path, *path.rglob("*")] if is_folder else [path]
        sizes = [one.lstat().st_size for one in found if one.is_symlink() or not one.is_dir()]
        files += len(sizes)
        bytes_ += sum(sizes)
        if is_folder:
            shutil.rmtree(path)
        else:
            path.unlink()
    return {"files": files, "bytes": bytes_}

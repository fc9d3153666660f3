"""What keeps the tables of Iceberg small, and what removes bytes from them for good.

Old snapshots keep every row that was ever deleted; they go when no kept version of what is published names them. Expiry
is Iceberg's own, through Java, where this process started Spark (0.2 s a table; a data file goes together with the
snapshot that took it out of the table, so at the next expiry). Over Spark Connect it is the procedure
`expire_snapshots`, 4 to 10 s a table on two cores. Files that no snapshot names are left by killed builds:
`remove_for_good` finds and removes them in a folder; elsewhere Iceberg does, over Spark Connect without those of the
last 24 hours.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark import branches
from footfall.spark.damage import local_path
from footfall.spark.refs import catalog, read_refs, tables
from footfall.spark.tables import Tables

if TYPE_CHECKING:
    from pyiceberg.table import Table
    from pyspark.sql import SparkSession

#: A part of a table with so many files is written again as few: each night adds one or two to those it touches.
MANY_FILES = 10
#: Tables that dbt made have this property.
_OURS = "footfall.layout"


def compact(session: "SparkSession", build_no: int) -> list[str]:
    """Join the small files of a build's branch where a part of a table has many; returns the tables rewritten.

    To be called before the build is complete, so that what is checked and published is what was compacted.
    """
    branch = branches.branch_of(build_no)
    names = [name for name, refs in read_refs(session, tables(session)).items() if (
        branch in refs.branches and refs.main is not None  # a table of one build has no small files
    )]
    if not names:
        return []
    counts = session.sql(" union all ".join(
        f"select '{name}', max(file_count) from {name}.partitions version as of '{branch}'" for name in names
    )).collect()
    large = sorted(row[0] for row in counts if (row[1] or 0) >= MANY_FILES)
    for name in large:
        session.sql(
            f"call {catalog(session)}.system.rewrite_data_files(table => '{name}', branch => '{branch}')"
        ).collect()
    return large


def expire(session: "SparkSession", names: Collection[str], kept_tags: Collection[str]) -> list[str]:
    """Remove the tags of runs but the kept ones from tables, and every snapshot that nothing names any more.

    Returns the names of the removed tags.
    """
    branches.leave(session)
    known = [name for name in tables(session) if name in names]
    removed = branches.remove_tags(session, known, kept_tags)
    for name in known:  # in this thread: Iceberg finds the session's options by it
        _expire(session, name)
    return removed


def remove_for_good(
    session: "SparkSession", home: Home, settings: Settings, kept_tags: Collection[str], kept_tables: Collection[str],
) -> dict[str, int]:
    """Remove every byte that what is published does not need: after an erasure or retention.

    Args:
        kept_tags: of the versions that stay published.
        kept_tables: by `namespace.table`; other tables that builds have made belong to models that are no more.

    Returns:
        Counts: tags, tables and files removed.
    """
    branches.leave(session)
    by_file = Tables.of(home, settings)
    obsolete = [name for name in tables(session) if name not in kept_tables and _is_ours(session, name)]
    for name in obsolete:
        session.sql(f"drop table {name} purge").collect()
    tags = expire(session, kept_tables, kept_tags)
    files = sum(_remove_unnamed(session, by_file, name) for name in tables(session) if name in kept_tables)
    return {"tags": len(tags), "tables": len(obsolete), "files": files}


def remove_tables(session: "SparkSession") -> None:
    """Remove the tables that builds have made; those of others in the same namespaces stay."""
    branches.leave(session)
    for name in tables(session):
        if _is_ours(session, name):
            session.sql(f"drop table {name} purge").collect()


def remove_unnamed(table: "Table") -> list[Path]:
    """Remove the files below a table's folder that its metadata does not name; returns them."""
    named = {path for text in _named(table) if (path := local_path(text)) is not None}
    folder = local_path(table.location())
    removed = []
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        owner = path.with_name(path.name.removeprefix(".").removesuffix(".crc")) if _is_checksum(path) else path
        if path.is_file() and owner not in named and owner.name != "version-hint.text":
            path.unlink()
            removed.append(path)
    return removed


def _expire(session: "SparkSession", name: str) -> None:
    now = datetime.now(UTC)
    table = _java_table(session, name)
    if table is None:
        session.sql(
            f"call {catalog(session)}.system.expire_snapshots(table => '{name}', "
            f"older_than => timestamp '{now:%Y-%m-%d %H:%M:%S}', retain_last => 1)"
        ).collect()
        return
    table.expireSnapshots().expireOlderThan(int(now.timestamp() * 1000)).retainLast(1).commit()


def _remove_unnamed(session: "SparkSession", by_file: Tables, name: str) -> int:
    """Remove the files that a table's metadata does not name; how many were removed."""
    table = by_file.open(name)
    if local_path(table.location()) is not None:
        return len(remove_unnamed(table))
    now = datetime.now(UTC)
    java = _java_table(session, name)
    if java is None:
        rows = session.sql(
            f"call {catalog(session)}.system.remove_orphan_files(table => '{name}', "
            f"older_than => timestamp '{now - timedelta(hours=25):%Y-%m-%d %H:%M:%S}', prefix_listing => true)"
        ).collect()
        return len(rows)
    actions = session._jvm.org.apache.iceberg.spark.actions.SparkActions.get(session._jsparkSession)
    # listed by Iceberg's own access to the storage: Hadoop's does not know addresses such as s3://
    found = actions.deleteOrphanFiles(java).usePrefixListing(True).olderThan(int(now.timestamp() * 1000)).execute()
    return sum(1 for _ in found.orphanFileLocations())


def _java_table(session: "SparkSession", name: str) -> Any:
    """Iceberg's own object of a table; None over Spark Connect, where Java is on another machine."""
    if not hasattr(session, "_jsparkSession"):
        return None
    loader = session._jvm.org.apache.iceberg.spark.Spark3Util
    return loader.loadIcebergTable(session._jsparkSession, f"{catalog(session)}.{name}")


def _is_ours(session: "SparkSession", name: str) -> bool:
    return any(row[0] == _OURS for row in session.sql(f"show tblproperties {name}").collect())


def _named(table: "Table") -> Iterable[str]:
    """Every file that the metadata of a table names."""
    metadata = table.metadata
    yield table.metadata_location
    yield from (entry.metadata_file for entry in metadata.metadata_log)
    yield from (statistics.statistics_path for statistics in metadata.statistics)
    seen: set[str] = set()
    for snapshot in metadata.snapshots:
        yield snapshot.manifest_list
        for manifest in snapshot.manifests(table.io):
            if manifest.manifest_path not in seen:
                seen.add(manifest.manifest_path)
                yield manifest.manifest_path
                yield from (entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io))


def _is_checksum(path: Path) -> bool:
    """Whether this is the checksum that Hadoop writes beside a file of a folder."""
    return path.name.startswith(".") and path.suffix == ".crc"

"""Tables of Iceberg without Spark: their snapshots, files and rows by pyiceberg, for what one machine writes."""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from footfall.core.database import quote_identifier
from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark.catalogs import catalog_name, catalog_options, options_for_pyiceberg, secrets_in
from footfall.spark.faults import short
from footfall.spark.reach import ANSWER_SECONDS, within

if TYPE_CHECKING:
    import pyarrow as pa
    from pyiceberg.catalog import Catalog
    from pyiceberg.expressions import BooleanExpression
    from pyiceberg.manifest import DataFile
    from pyiceberg.schema import Schema
    from pyiceberg.table import FileScanTask, Table

#: Types of Iceberg as DuckDB names them.
_TYPES = {
    "string": "VARCHAR", "long": "BIGINT", "int": "INTEGER", "boolean": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMP", "double": "DOUBLE", "list<string>": "VARCHAR[]",
}
#: Files read at a time have at most so many bytes: what is read waits in memory until it is written.
_BYTES_AT_A_TIME = 64 << 20


@dataclass(frozen=True)
class Tables:
    """The tables of a home's catalog; ``options`` as ``catalogs.catalog_options`` has them."""

    name: str
    options: Mapping[str, str]
    _opened: "dict[str, Catalog]" = dataclasses.field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, home: Home, settings: Settings) -> "Tables":
        return cls(catalog_name(home, settings), catalog_options(home, settings))

    def open(self, table: str) -> "Table":
        """A table by `namespace.table`, as it is now.

        Raises:
            FootfallError: it is not there or cannot be read.
        """
        from pyiceberg.exceptions import NoSuchTableError

        where = f"footfall.yml, iceberg.catalog (type {self.options['type']})"
        try:
            if self.options["type"] == "hadoop":
                return self._of_folder(table)
            return within(
                ANSWER_SECONDS, lambda: self._catalog.load_table(table), "The catalog of Iceberg", where,
            )
        except FootfallError:
            raise
        except (NoSuchTableError, FileNotFoundError, NotADirectoryError) as error:
            raise FootfallError(
                f"The table {table} of Iceberg is not there.", where=self.options["warehouse"],
                hint="`footfall run --full-refresh` builds every table from the lake.",
            ) from error
        except Exception as error:  # requests, SQLAlchemy, botocore, thrift: each catalog has its own class of errors
            if self.options["type"] == "hadoop":
                raise
            raise FootfallError(
                f"The table {table} cannot be read by pyiceberg: {short(error, secrets=secrets_in(self.options))}",
                where=where, hint="Compare the catalog's options, rights and packages (docs/scale.md, Catalogs). "
                "What was published stays.",
            ) from error

    @property
    def _catalog(self) -> "Catalog":
        """Opened once; no `cached_property`, whose lock is one for all: a catalog that is silent would keep it."""
        from pyiceberg.catalog import load_catalog

        if "catalog" not in self._opened:
            self._opened["catalog"] = load_catalog(self.name, **options_for_pyiceberg(self.options))
        return self._opened["catalog"]

    def _of_folder(self, table: str) -> "Table":
        """A table of a catalog that is a folder: the newest version of its metadata has the number in the hint."""
        from pyiceberg.table import StaticTable

        folder = f"{self.options['warehouse']}/{table.replace('.', '/')}"
        return StaticTable.from_metadata(folder, options_for_pyiceberg(self.options))


def is_known(table: "Table", snapshot: int) -> bool:
    """Whether the table still has this snapshot."""
    return table.metadata.snapshot_by_id(snapshot) is not None


def column_definitions(schema: "Schema") -> list[str]:
    """Definitions of columns in DuckDB's words.

    Raises:
        FootfallError: a column has a type that the marts cannot have.
    """
    definitions = []
    for field in schema.fields:
        kind = str(field.field_type)
        if kind not in _TYPES and not kind.startswith("decimal("):
            raise FootfallError(
                f"The column {field.name} has the type {kind} in Iceberg, which the marts do not have.",
                where="the catalog of Iceberg", hint="Report this: a model has a new type.",
            )
        required = " NOT NULL" if field.required else ""
        definitions.append(f"{quote_identifier(field.name)} {_TYPES.get(kind, kind)}{required}")
    return definitions


def part_columns(table: "Table") -> tuple[str, ...]:
    """Columns by which a table is in parts, workspace and day; empty where it is in one piece."""
    fields = table.spec().fields
    if [str(field.transform).partition("[")[0] for field in fields] != ["bucket", "day"]:
        return ()
    return tuple(table.schema().find_field(field.source_id).name for field in fields)


def changed_files(table: "Table", before: int, after: int) -> "list[DataFile]":
    """Data files that one snapshot has and the other has not; reads only the manifests that are not in both."""
    manifests = [_manifests(table, snapshot) for snapshot in (before, after)]
    differing = [
        {
            entry.data_file.file_path: entry.data_file
            for path, manifest in own.items() if path not in other
            for entry in manifest.fetch_manifest_entry(table.io)
        }
        for own, other in (manifests, manifests[::-1])
    ]
    old, new = differing
    return [old[path] for path in old.keys() - new.keys()] + [new[path] for path in new.keys() - old.keys()]


def read_files(
    table: "Table", snapshot: int, tasks: "Iterable[FileScanTask]", only: "BooleanExpression | None" = None,
) -> "pa.RecordBatchReader":
    """Rows of files of a snapshot, with the columns and types that the table had then; some files at a time.

    Args:
        only: rows to read; groups of rows whose statistics rule these out are left out of what is read.
    """
    import pyarrow as pa
    from pyiceberg.expressions import AlwaysTrue
    from pyiceberg.io.pyarrow import ArrowScan, schema_to_pyarrow

    scan = table.scan(snapshot_id=snapshot)
    reader = ArrowScan(table.metadata, table.io, scan.projection(), only or AlwaysTrue())
    schema = schema_to_pyarrow(scan.projection(), include_field_ids=False)

    def batches() -> "Iterator[pa.RecordBatch]":
        for some in _some_at_a_time(tasks):
            for batch in reader.to_record_batches(some):
                yield pa.RecordBatch.from_struct_array(batch.to_struct_array()).cast(schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _manifests(table: "Table", snapshot: int) -> dict[str, Any]:
    found = table.metadata.snapshot_by_id(snapshot)
    return {manifest.manifest_path: manifest for manifest in found.manifests(table.io)} if found else {}


def _some_at_a_time(tasks: "Iterable[FileScanTask]") -> "Iterator[list[FileScanTask]]":
    some: list[FileScanTask] = []
    size = 0
    for task in tasks:
        if some and size + task.file.file_size_in_bytes > _BYTES_AT_A_TIME:
            yield some
            some, size = [], 0
        some.append(task)
        size += task.file.file_size_in_bytes
    if some:
        yield some

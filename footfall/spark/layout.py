"""What another program can change of a table without a snapshot: its columns, and that builds write to branches."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark.branches import REBUILD
from footfall.spark.faults import TablesLost
from footfall.spark.tables import Tables

if TYPE_CHECKING:
    from pyiceberg.schema import Schema

#: Property of a table whose statements follow the branch that the session names.
_TO_BRANCHES = "write.wap.enabled"


def require_layout(home: Home, settings: Settings, snapshots: Mapping[str, int]) -> None:
    """Check that tables still have the columns that they had at their snapshots, and that builds write to branches.

    Args:
        snapshots: of the last complete build, by `namespace.table`.

    Raises:
        TablesLost: another program has changed a table; nothing was changed.
        FootfallError: a table cannot be read.
    """
    tables = Tables.of(home, settings)
    for name, snapshot in snapshots.items():
        table = tables.open(name)
        built = table.metadata.snapshot_by_id(snapshot)
        if built is None:
            what = "removed what the last build made of"
        elif _columns(table.schema()) != _columns(table.schemas()[built.schema_id or 0]):
            what = "changed the columns of"
        elif table.properties.get(_TO_BRANCHES) != "true":
            what = f"taken the property {_TO_BRANCHES} from"
        else:
            continue
        raise TablesLost(
            f"Another program has {what} the table {name} of Iceberg.", where="the catalog of Iceberg", hint=REBUILD,
        )


def _columns(schema: "Schema") -> list[tuple[str, str]]:
    return [(field.name, str(field.field_type)) for field in schema.fields]

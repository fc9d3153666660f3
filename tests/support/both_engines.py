"""One landing zone and lake, built on DuckDB and on Spark; after every build the marts are compared."""

from dataclasses import dataclass, replace
from pathlib import Path

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform import dbt_args
from tests.support.comparison import build_differences, hashes
from tests.support.warehouse import Warehouse


@dataclass(frozen=True)
class BothEngines(Warehouse):
    """A warehouse on DuckDB, with the same one on Spark, whose home has the same lake.

    Attributes:
        spark: the home on Spark.
    """

    spark: Warehouse | None = None

    @classmethod
    def at(cls, root: Path, dbt_project: Path = dbt_args.PROJECT) -> "BothEngines":
        one = Warehouse.at(root / "duckdb", dbt_project)
        other = Home(root / "spark")
        other.root.mkdir(parents=True)
        (other.root / "lake").symlink_to(one.home.lake.resolve(), target_is_directory=True)
        settings = Settings(
            warehouse={"engine": "spark"}, spark={"master": "local[2]", "conf": {"spark.driver.memory": "1g"}}
        )
        return cls(one.home, one.settings, dbt_project, Warehouse(other.ensure(), settings, dbt_project))

    def build(self, full_refresh: bool = False) -> None:
        """Build on both; every mart has the same columns, types and rows."""
        super().build(full_refresh)
        self.spark.build(full_refresh)
        assert _columns(self.spark) == _columns(self)
        assert hashes(self.spark) == hashes(self), "\n".join(map(str, build_differences(self.spark, self)))

    def build_up_to(self, model: str) -> None:
        """On both, a build that dies after one model."""
        super().build_up_to(model)
        self.spark.build_up_to(model)

    def from_scratch(self, root: Path) -> Warehouse:
        return replace(self, spark=None).from_scratch(root)


def _columns(warehouse: Warehouse) -> list[tuple]:
    with warehouse.marts() as connection:
        return connection.execute(
            "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() "
            "where database_name = 'built' and schema_name = 'marts' order by table_name, column_index"
        ).fetchall()

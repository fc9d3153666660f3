"""One Spark for all tests of this folder, as starting it costs seconds; without pyspark (`make spark`) they skip."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture
def spark_home(tmp_path) -> Home:
    """An empty home, whose tables of Iceberg are in its own folder."""
    return Home(tmp_path / "home").ensure()


@pytest.fixture
def spark_settings() -> Settings:
    return Settings(warehouse={"engine": "spark"}, spark={"master": "local[2]", "conf": {"spark.driver.memory": "1g"}})


@pytest.fixture
def spark(spark_home, spark_settings, running_spark) -> "SparkSession":
    """The session, with the catalog of ``spark_home``."""
    from footfall.spark.session import open_session

    return open_session(spark_home, spark_settings)


@pytest.fixture(scope="session")
def running_spark() -> Iterator[None]:
    """Ends Spark after the last test."""
    pytest.importorskip("pyspark", reason="pyspark is not installed here: `make spark` makes .venv-spark")
    from footfall.spark.session import close_session

    yield
    close_session()

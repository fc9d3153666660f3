"""Spark Connect: the session of a server elsewhere, which has to have the jar of Iceberg and its extensions itself."""

import os
from typing import TYPE_CHECKING

from footfall.core.errors import FootfallError
from footfall.core.settings import Settings
from footfall.spark import installed, reach
from footfall.spark.faults import spark_refused

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_WHERE = "footfall.yml, spark.remote"
#: Times a call is repeated that the server did not answer: pyspark's own 15 take ten minutes, these one.
_RETRIES = 8
_FIRST_RETRIES = 3


def connected(settings: Settings) -> "SparkSession":
    """The session of the server; dbt finds it by the variable ``SPARK_REMOTE``.

    Raises:
        SparkLost: nothing answers, or what answers is no Spark Connect or refuses.
        FootfallError: its Spark has other extensions than those of Iceberg.
    """
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client import SparkConnectClient
    from pyspark.sql.connect.client.retries import DefaultPolicy

    address = settings.spark.remote or ""
    if SparkSession.getActiveSession() is None:
        reach.require_remote(settings)

        def ask() -> None:
            client = SparkConnectClient(address, retry_policy={"max_retries": _FIRST_RETRIES})
            try:
                client._analyze(method="spark_version")
            finally:
                client.close()

        with spark_refused(settings):
            reach.within(reach.ANSWER_SECONDS, ask, "Spark Connect", _WHERE)
    with spark_refused(settings):
        os.environ["SPARK_REMOTE"] = address
        session = SparkSession.builder.remote(address).getOrCreate()
        session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES, max_backoff=20_000)])
        extensions = session.conf.get("spark.sql.extensions", "")
    if "IcebergSparkSessionExtensions" not in (extensions or ""):
        raise FootfallError(
            "The server of Spark Connect lacks the extensions of Iceberg.", where=_WHERE,
            hint=f"Start it with --packages {installed.coordinates()} and --conf spark.sql.extensions="
            "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions.",
        )
    return session

"""Starts a server of REST, of Hive, of Amazon's Glue and S3 (moto) and of Spark Connect, and ends them again."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from footfall.spark import installed

POM = Path(__file__).with_suffix(".pom.xml")
BUCKET = "footfall"
REGION = "eu-central-1"
#: What moto lets in: any key. Java and boto3 find it by these names.
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
SECONDS_TO_START = 300


class Servers:
    """Servers below a folder."""

    def __init__(self, folder: Path, moto: str | None = None) -> None:
        import pyspark

        self.folder, self.moto_program = folder, moto
        self.spark = Path(pyspark.__file__).parent
        self._stack = ExitStack()

    @cached_property
    def classpath(self) -> str:
        """The class path of the server of REST, fetched by Maven."""
        shutil.copy(POM, self.folder / "pom.xml")
        found = self.folder / "classpath.txt"
        subprocess.run(
            ["mvn", "--quiet", "--batch-mode", "dependency:build-classpath", f"-Dmdep.outputFile={found}"],
            cwd=self.folder, check=True,
        )
        return found.read_text().strip()

    @property
    def jars(self) -> list[str]:
        """What Spark needs besides Iceberg's own jar: SQLite and Amazon's storage."""
        return [path for path in self.classpath.split(":") if "sqlite-jdbc" in path or "aws-bundle" in path]

    def __enter__(self) -> "Servers":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def amazon(self) -> str:
        """Glue and S3 with a bucket; its address."""
        port = _free_port()
        self._start("amazon", [self.moto_program or "moto_server", "-H", "127.0.0.1", "-p", str(port)], port)
        address = f"http://127.0.0.1:{port}"
        place = f"<LocationConstraint>{REGION}</LocationConstraint>"
        body = f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>".encode()
        with urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", body, method="PUT")):
            return address

    def rest(self, name: str, warehouse: str, amazon: str | None = None) -> str:
        """Iceberg's own server of REST, which keeps its tables in SQLite; its address."""
        port = _free_port()
        options = {
            "REST_PORT": str(port), "WAREHOUSE": warehouse, "CATALOG__IMPL": "org.apache.iceberg.jdbc.JdbcCatalog",
            "URI": f"jdbc:sqlite:{self.folder / name}.db", "JDBC_SCHEMA__VERSION": "V1",
        }
        if amazon:
            options |= {
                "IO__IMPL": "org.apache.iceberg.aws.s3.S3FileIO", "S3_ENDPOINT": amazon,
                "S3_PATH__STYLE__ACCESS": "true",
            }
        self._start(
            name, ["java", "-Xmx400m", "-cp", self.classpath, "org.apache.iceberg.rest.RESTCatalogServer"], port,
            {f"CATALOG_{key}": value for key, value in options.items()},
        )
        return f"http://127.0.0.1:{port}"

    def hive(self) -> str:
        """Hive's own metastore, from the jars of Spark, with Derby; its address."""
        port, name = _free_port(), self.folder / "hive"
        settings = {
            "javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={name};create=true",
            "javax.jdo.option.ConnectionDriverName": "org.apache.derby.jdbc.EmbeddedDriver",
            "hive.metastore.warehouse.dir": f"{name}-warehouse", "datanucleus.schema.autoCreateAll": "true",
            "hive.metastore.schema.verification": "false", "datanucleus.connectionPoolingType": "None",
            "hive.async.log.enabled": "false",
        }
        given = [part for key, value in settings.items() for part in ("--hiveconf", f"{key}={value}")]
        self._start("hive", [
            "java", "-Xmx400m", f"-Dderby.stream.error.file={name}.derby.log", "-cp", f"{self.spark}/jars/*",
            "org.apache.hadoop.hive.metastore.HiveMetaStore", "-p", str(port), *given,
        ], port)
        return f"thrift://127.0.0.1:{port}"

    def connect(self, jars: Sequence[str] = ()) -> str:
        """A server of Spark Connect with the jar of Iceberg and these; its address."""
        port = _free_port()
        options = {
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "spark.connect.grpc.binding.address": "127.0.0.1", "spark.connect.grpc.binding.port": str(port),
            "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.local.dir": str(self.folder),
            "spark.sql.warehouse.dir": str(self.folder / "connect"), "spark.driver.host": "127.0.0.1",
            "spark.jars": ",".join([str(installed.jar_path()), *jars]),
        }
        given = [part for key, value in options.items() for part in ("--conf", f"{key}={value}")]
        self._start("connect", [
            str(self.spark / "bin" / "spark-submit"), "--master", "local[2]", "--driver-memory", "1g", "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer", *given, "spark-internal",
        ], port, {"SPARK_HOME": str(self.spark), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"})
        return f"sc://127.0.0.1:{port}"

    def _start(self, name: str, command: list[str], port: int, variables: dict[str, str] | None = None) -> None:
        self._stack.enter_context(_running(
            command, port, self.folder / f"{name}.log", {**os.environ, **KEYS, **(variables or {})},
        ))


@contextmanager
def _running(command: list[str], port: int, log: Path, variables: dict[str, str]) -> Iterator[None]:
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=variables, cwd=log.parent)
    try:
        end = time.monotonic() + SECONDS_TO_START
        while True:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{command[0]} does not run: see {log}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]

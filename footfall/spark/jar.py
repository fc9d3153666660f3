"""`make spark`: get the jar of Iceberg by its coordinates, with Maven or with Spark's own resolver, and verify it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from footfall.core.errors import FootfallError
from footfall.spark import installed


def fetch() -> Path:
    """Put the jar into Maven's local repository, unless it is there; its path.

    Raises:
        FootfallError: it cannot be had, or is not the one that Footfall was tried with; nothing is kept of that one.
    """
    present = installed.local_jar()
    if present is not None:
        return present
    path = installed.jar_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.which("mvn"):
        _by_maven()
    else:
        _by_spark(path)
    try:
        found = installed.local_jar()
    except FootfallError:
        path.unlink()
        raise
    if found is None:
        raise FootfallError(
            f"The jar {installed.coordinates()} could not be fetched.", where=str(path.parent),
            hint="See what mvn or Spark says above; behind a proxy, set it in ~/.m2/settings.xml.",
        )
    return found


def _by_maven() -> None:
    repository = installed.jar_path().parents[len(installed.JAR[0].split(".")) + 2]
    subprocess.run(
        ["mvn", "--quiet", "--batch-mode", f"-Dmaven.repo.local={repository}", "dependency:get",
         f"-Dartifact={installed.coordinates()}", "-Dtransitive=false"],
        check=False, stdout=sys.stderr,
    )


def _by_spark(path: Path) -> None:
    """Let Spark fetch it, as it would for a session, into a folder of its own."""
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as folder:
        options = {
            "spark.jars.packages": installed.coordinates(), "spark.jars.ivy": folder, "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
        }
        builder = SparkSession.builder.master("local[1]")
        for key, value in options.items():
            builder = builder.config(key, value)
        builder.getOrCreate().stop()
        for found in Path(folder).rglob(f"*{path.name}"):
            shutil.copyfile(found, path)


if __name__ == "__main__":
    try:
        print(f"Iceberg: {fetch()}")
    except FootfallError as error:
        print(f"{error.message}\nTo do: {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)

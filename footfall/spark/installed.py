"""What Spark needs of this machine: packages, Java and the jar of Iceberg; each with the remedy where it is missing."""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from footfall.core.errors import FootfallError

#: Versions that go together (docs/decisions/0021); the jar's by its coordinates.
PACKAGES = {"pyspark": "4.1.", "dbt-spark": "1.11.", "pyiceberg": "0.12."}
JAVA = (17, 21)
JAR = ("org.apache.iceberg", "iceberg-spark-runtime-4.1_2.13", "1.11.0")
JAR_SHA256 = "d6ea6c5d099288daeb7d5a92061bd3d7d8f296492632b42378e5f2f0e3066242"


def require_packages() -> None:
    """Raise FootfallError where pyspark, dbt-spark or pyiceberg is missing or of another version."""
    for name, version in PACKAGES.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            raise FootfallError(
                f"The package {name} is not in this environment, and warehouse.engine is spark.",
                hint="Run `make spark`, then use `.venv-spark/bin/footfall`; or set warehouse.engine to duckdb.",
            ) from None
        if not found.startswith(version):
            raise FootfallError(
                f"The package {name} has version {found}; Footfall works with {version}*.",
                hint="Run `make spark`, then use `.venv-spark/bin/footfall`.",
            )


def java_version() -> int | None:
    """Major version of the Java that Spark would start; None without any."""
    home = os.environ.get("JAVA_HOME")
    program = Path(home, "bin", "java") if home else shutil.which("java")
    if program is None:
        return None
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found[1]) if found else None


def require_java() -> None:
    """Raise FootfallError without a Java that this Spark can run on."""
    found = java_version()
    if found not in JAVA:
        has = f"Java {found} was found" if found else "Java was not found"
        raise FootfallError(
            f"{has}; Spark needs Java {' or '.join(map(str, JAVA))}.", where=os.environ.get("JAVA_HOME") or "PATH",
            hint="Install the package openjdk-17-jre-headless (Debian, Ubuntu) or java-17-openjdk-headless (Fedora, "
            "Red Hat), or set JAVA_HOME.",
        )


def coordinates() -> str:
    """The jar of Iceberg, as Maven names it."""
    return ":".join(JAR)


def jar_path() -> Path:
    """Where the jar is, or would be, in Maven's local repository."""
    group, artifact, version = JAR
    repository = Path(os.environ.get("FOOTFALL_MAVEN_REPOSITORY") or Path.home() / ".m2" / "repository")
    return repository.joinpath(*group.split("."), artifact, version, f"{artifact}-{version}.jar")


def local_jar() -> Path | None:
    """The jar in Maven's local repository, verified; None where it is not there.

    Raises:
        FootfallError: the file there is another one.
    """
    path = jar_path()
    if not path.is_file():
        return None
    if _sha256(path, path.stat().st_mtime_ns) != JAR_SHA256:
        raise FootfallError(
            "The jar of Iceberg is not the one that Footfall was tried with: its SHA-256 differs.", where=str(path),
            hint="Remove the file and run `make spark`.",
        )
    return path


@cache
def _sha256(path: Path, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Errors of Spark, Iceberg and Java as what happened, where and what to do."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from footfall.core.errors import FootfallError
from footfall.core.explain import find_shortage
from footfall.core.settings import Settings
from footfall.core.spark_settings import without_secrets
from footfall.core.stop import raise_if_stopped
from footfall.spark.catalogs import secrets_of


class SparkLost(FootfallError, ConnectionError):
    """Spark ended or cannot be reached; the same work may succeed with another session (exit code 1)."""


class TablesLost(FootfallError):
    """Tables of Iceberg lack what the last build made of them; a build from scratch makes it again (exit code 1)."""


#: What errors of a Spark that has ended, or cannot be reached, say.
_LOST = re.compile(
    r"(?i)py4jnetwork|gateway|sparkcontext was shut down|stopped sparkcontext|connection refused|unavailable|"
    r"connection reset|failed to connect|all masters are unresponsive|answer from java side is empty|session_closed"
)
#: What errors about files of tables say that are missing, cut or of another kind.
_DAMAGED = re.compile(
    r"(?i)FileNotFoundException|iceberg\.exceptions\.NotFoundException|failed_read_file|"
    r"cannot (get file info|open file), |is not a parquet file|magic bytes not found|not an avro|invalidavromagic"
)
#: Lines of a stack trace of Java: in each there is py4j's gateway.
_FRAMES = re.compile(r"(?m)^\s*(at |\.\.\. \d+ more).*$")
#: Packages whose errors say something about Spark, the catalog or the tables' files.
_LIBRARIES = ("py4j", "pyspark", "pyiceberg", "grpc", "pyarrow")
_DENIED = re.compile(r"(?i)access ?denied|forbidden|unauthori[sz]ed|permission|not authorized|401|403")


@contextmanager
def spark_refused(settings: Settings) -> Iterator[None]:
    """Turn an error of starting or reaching Spark into a FootfallError.

    Raises:
        SparkLost: Spark cannot be reached or started.
    """
    try:
        yield
    except FootfallError:
        raise
    except Exception as error:  # py4j, grpc and pyspark have no common class; all mean: no Spark
        where = without_secrets(settings.spark.remote or settings.spark.master)
        raise SparkLost(
            f"Spark cannot be started or reached: {short(error, secrets=secrets_of(settings))}",
            where=f"footfall.yml, spark ({where})",
            hint="Look whether it runs and its version is right; `footfall doctor` tries it. What was published stays.",
        ) from error


@contextmanager
def catalog_refused(settings: Settings) -> Iterator[None]:
    """Turn an error of the first use of the catalog into a FootfallError.

    Raises:
        FootfallError: the catalog cannot be reached, refuses, or is set wrongly.
    """
    try:
        yield
    except FootfallError:
        raise
    except Exception as error:  # a catalog's errors come through Java as any class
        text = short(error, secrets=secrets_of(settings))
        does = "refuses" if _DENIED.search(text) else "cannot be used"
        raise FootfallError(
            f"The catalog of Iceberg {does}: {text}",
            where=f"footfall.yml, iceberg.catalog (type {settings.iceberg.catalog.type})",
            hint="Compare its options and rights; secrets come from the environment. What was published stays.",
        ) from error


@contextmanager
def tables_refused(settings: Settings) -> Iterator[None]:
    """Turn an error of Spark or Iceberg between the models into a FootfallError; other errors pass.

    Raises:
        SparkLost: Spark has ended, or no longer answers.
        TablesLost: files of the tables are missing or damaged.
        DiskFull, NotEnoughMemory: for lack of room.
        FootfallError: the catalog or the files of the tables refuse.
    """
    try:
        yield
    except FootfallError:
        raise
    except Exception as error:  # errors of py4j, grpc, pyspark and pyiceberg have no common class
        raise_if_stopped(error)
        if is_lost(error):
            raise lost(settings, short(error, 120, secrets_of(settings))) from error
        is_of_libraries = type(error).__module__.startswith(_LIBRARIES)
        if is_of_libraries and (shortage := find_shortage(error)):
            raise shortage from error
        if (is_of_libraries or isinstance(error, FileNotFoundError)) and _DAMAGED.search(str(error)):
            raise damaged(settings, short(error, secrets=secrets_of(settings))) from error
        if not is_of_libraries:
            raise
        raise FootfallError(
            f"The tables of Iceberg cannot be read or written: {short(error, secrets=secrets_of(settings))}",
            where=_warehouse(settings),
            hint="See that the folder or catalog is there and may be written, and that no other program works on it, "
            "then run again. What was published stays.",
        ) from error


def lost(settings: Settings, text: str) -> SparkLost:
    """The error for a Spark that has ended while it worked."""
    return SparkLost(
        f"Spark ended while it was building: {text}",
        where=f"footfall.yml, spark ({without_secrets(settings.spark.remote or settings.spark.master)})",
        hint="See logs/spark.log in the home; with too little memory raise spark.driver.memory in spark.conf. "
        "What was published stays.",
    )


def damaged(settings: Settings, text: str) -> TablesLost:
    """The error for files of tables that are missing, cut or of another kind."""
    return TablesLost(
        f"Files of the tables of Iceberg are missing or damaged: {text}", where=_warehouse(settings),
        hint="`footfall run --full-refresh` builds every table from the lake. Where that cannot read a table either, "
        "drop this table in the catalog first. What was published stays.",
    )


def _warehouse(settings: Settings) -> str:
    return settings.iceberg.warehouse or "warehouse/iceberg in the home"


def require_answers(settings: Settings, messages: Iterable[str]) -> None:
    """Raise an error where one of these messages of failed statements is about more than the statement.

    Raises:
        SparkLost: Spark has ended.
        TablesLost: files of tables are missing or damaged.
    """
    messages = list(messages)
    for says, error, length in ((_says_lost, lost, 120), (_DAMAGED.search, damaged, 300)):
        found = next((message for message in messages if says(message)), None)
        if found is not None:
            raise error(settings, short(RuntimeError(found), length, secrets_of(settings)))


def is_lost(error: BaseException) -> bool:
    """Whether an error says that the session has ended or Spark cannot be reached."""
    return isinstance(error, SparkLost) or _says_lost(f"{type(error).__name__} {error}")


def _says_lost(text: str) -> bool:
    return _LOST.search(_FRAMES.sub("", text)) is not None


def short(error: BaseException, length: int = 300, secrets: Iterable[str] = ()) -> str:
    """The first line that says something, without stack traces of Java, passwords of addresses and these secrets."""
    text = str(error)
    if type(error).__name__ == "Py4JJavaError":
        found = re.search(r"^: ([^\n]+)", text, re.MULTILINE)
        text = found[1] if found else text
    caused = re.findall(r"^Caused by: ([^\n]+)", str(error), re.MULTILINE)
    line = next((part.strip() for part in text.splitlines() if part.strip()), type(error).__name__)
    line = f"{line} ({caused[-1].strip()})" if caused and caused[-1] not in line else line
    return without_secrets(line, secrets)[:length].rstrip(".") + "."

"""Whether what is elsewhere answers, before Spark or Iceberg would wait for it, for minutes or for ever.

An address that nobody answers at is named within ``CONNECT_SECONDS``; what accepts a connection and then is silent,
within ``ANSWER_SECONDS``.
"""

import socket
import threading
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from footfall.core.errors import FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.spark_settings import without_secrets
from footfall.spark.catalogs import catalog_options, options_for_pyiceberg, secrets_of, warehouse_address
from footfall.spark.faults import SparkLost, short

CONNECT_SECONDS = 10
ANSWER_SECONDS = 300
#: Ports of addresses that name none.
_PORTS = {"sc": 15002, "http": 80, "https": 443, "thrift": 9083, "postgresql": 5432, "mysql": 3306}

T = TypeVar("T")


def require_remote(settings: Settings) -> None:
    """Raise SparkLost where nothing answers at the address of Spark Connect."""
    address = settings.spark.remote
    if address is not None:
        _require_any("Spark Connect", [address.partition(";")[0]], "footfall.yml, spark.remote", SparkLost)


def require_catalog(settings: Settings) -> None:
    """Raise FootfallError where nothing answers at an address of the catalog or of its storage."""
    options = settings.iceberg.catalog.options
    if any("proxy" in name for name in options):
        return  # the address is reached by another machine
    where = f"footfall.yml, iceberg.catalog (type {settings.iceberg.catalog.type})"
    for name in ("uri", "glue.endpoint", "s3.endpoint"):
        if name in options:  # Hive has several, of which one is enough
            _require_any("The catalog of Iceberg", options[name].removeprefix("jdbc:").split(","), where)


def require_warehouse(home: Home, settings: Settings) -> None:
    """Write a small file where the tables are to be and remove it.

    The catalog's server decides that place for `rest`, and Spark makes the folder of the home itself.

    Raises:
        FootfallError: the folder, or the bucket, is not there, or may not be written to.
    """
    address = warehouse_address(home, settings)
    if settings.iceberg.catalog.type == "rest":
        return
    name = f"footfall-{uuid.uuid4().hex}.tmp"
    try:
        kind = urlsplit(address).scheme
        if kind in ("", "file"):
            folder = Path(urlsplit(address).path if kind else address)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).touch()
            (folder / name).unlink()
            return
        from pyiceberg.io import load_file_io

        files = load_file_io(options_for_pyiceberg(catalog_options(home, settings)), address)
        place = f"{address.rstrip('/')}/{name}"

        def try_it() -> None:
            with files.new_output(place).create() as file:
                file.write(b"footfall")
            files.delete(place)

        within(ANSWER_SECONDS, try_it, f"The warehouse {address}", "footfall.yml, iceberg.warehouse")
    except FootfallError:
        raise
    except Exception as error:  # each kind of storage has its own class of errors
        reason = short(error, secrets=secrets_of(settings))
        raise FootfallError(
            f"The warehouse of Iceberg cannot be written to: {reason}", where=without_secrets(address),
            hint="Make the folder or bucket, or compare iceberg.warehouse, the options and the rights.",
        ) from error


def within(seconds: float, work: Callable[[], T], who: str, where: str) -> T:
    """The result of work, or its error.

    Raises:
        FootfallError: it is not there after so many seconds; the work is left to itself.
    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not done:
        raise FootfallError(
            f"{who} has not answered within {seconds:g} seconds.", where=where,
            hint="Look whether it works and its address is right. What was published stays.",
        )
    return done[0]


def _require_any(who: str, addresses: list[str], where: str, kind: type[FootfallError] = FootfallError) -> None:
    """Raise an error where none of the addresses, which stand for the same, accepts a connection."""
    reason = ""
    for address in addresses:
        parts: Any = urlsplit(address.strip())
        if not parts.hostname:
            return  # a file, or an address in a form of its own
        try:
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            port, reason = None, "the port is no number"
        if port is None and not reason:
            return
        if urllib.request.getproxies() and not urllib.request.proxy_bypass(parts.hostname):
            return  # reached by another machine
        try:
            if port is not None:
                socket.create_connection((parts.hostname, port), timeout=CONNECT_SECONDS).close()
                return
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
    shown = ", ".join(without_secrets(address) for address in addresses)
    raise kind(
        f"{who} cannot be reached at {shown}: {reason}.", where=where,
        hint="Look whether it works and its address is right. What was published stays.",
    )

"""The home's catalog of Iceberg: its name, and its options as Spark and as pyiceberg know them."""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.spark_settings import is_secret, without_secrets

#: Options that say which catalog it is. With others, such as a new password, it is the same one.
_PLACE = ("client.region", "glue.id", "glue.endpoint", "prefix", "s3.endpoint", "uri")
#: Options that a catalog has unless they are given: Iceberg's own wait for an answer without end.
_FOR_SPARK = {
    "rest": {"rest.client.connection-timeout-ms": "10000", "rest.client.socket-timeout-ms": "60000"},
    "hive": {"hadoop.hive.metastore.client.socket.timeout": "60s", "hadoop.hive.metastore.connect.retries": "1"},
    "jdbc": {"jdbc.schema-version": "V1"},
}
_FOR_PYICEBERG = {"s3.connect-timeout": "10", "s3.request-timeout": "60", "init_catalog_tables": "false"}
#: Spark's names of kinds of catalogs, and of databases in addresses, where pyiceberg has others.
_KINDS = {"jdbc": "sql"}
_DATABASES = {"jdbc:sqlite:": "sqlite:///", "jdbc:postgresql:": "postgresql+psycopg2:", "jdbc:mysql:": "mysql+pymysql:"}


def catalog_name(home: Home, settings: Settings) -> str:
    """Name of the home's catalog inside a session: homes and warehouses that differ have names that differ."""
    options = settings.iceberg.catalog.options
    place = {name: without_secrets(options[name]) for name in _PLACE if name in options}
    text = f"{warehouse_address(home, settings)} {settings.iceberg.catalog.type} {place}"
    return f"footfall_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def warehouse_address(home: Home, settings: Settings) -> str:
    """Folder or address of the tables."""
    return settings.iceberg.warehouse or str(home.iceberg.resolve())


def catalog_options(home: Home, settings: Settings) -> dict[str, str]:
    """Options of the home's catalog, by the names that Spark knows (`type`, `warehouse`, `uri`, …)."""
    catalog = settings.iceberg.catalog
    defaults = _FOR_SPARK.get(catalog.type, {})
    return {**defaults, **catalog.options, "type": catalog.type, "warehouse": warehouse_address(home, settings)}


def options_for_pyiceberg(options: Mapping[str, str]) -> dict[str, str]:
    """The same options by the names that pyiceberg knows."""
    uri = options.get("uri", "")
    for ours, theirs in _DATABASES.items():
        if uri.startswith(ours):
            uri = _with_user(theirs + uri.removeprefix(ours), options)
    own = {"type": _KINDS.get(options["type"], options["type"]), **({"uri": uri} if uri else {})}
    return {**_FOR_PYICEBERG, **options, **own}


def secrets_of(settings: Settings) -> list[str]:
    """The values that no message may show."""
    return secrets_in({**settings.spark.conf, **settings.iceberg.catalog.options})


def secrets_in(options: Mapping[str, str]) -> list[str]:
    """The secrets among the values of options."""
    return [value for name, value in options.items() if value and is_secret(name)]


def _with_user(uri: str, options: Mapping[str, str]) -> str:
    """The address of a database with what JDBC has as `jdbc.user` and `jdbc.password`."""
    kind, _, place = uri.partition("://")
    user, password = options.get("jdbc.user"), options.get("jdbc.password")
    if user is None or kind == "sqlite":
        return uri
    return f"{kind}://{quote(user, safe='')}{':' + quote(password, safe='') if password else ''}@{place}"

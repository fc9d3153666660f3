"""The sections of ``footfall.yml`` that choose the engine, and what Spark and Iceberg need (docs/scale.md)."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from footfall.core.section import Section

#: Keys of `spark.conf` that Footfall sets itself; with other values tables would differ, or not be published whole.
OWN_CONF = (
    "spark.master", "spark.remote", "spark.ui.", "spark.sql.ansi.", "spark.sql.catalogImplementation",
    "spark.sql.catalog.footfall", "spark.sql.defaultCatalog", "spark.sql.extensions", "spark.sql.session.timeZone",
    "spark.sql.timestampType", "spark.wap.",
)
#: Names of options whose value is a secret.
_SECRET = re.compile(
    r"(?i)(password|secret|secret[._-]?(access[._-]?)?key|token|credential|authorization|(account|api|private)[._-]?key)$"
)
#: Secrets in an address: `://name:password@host`, and `password=…` as a parameter of it.
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]*:[^/\s@]+@")
_AS_PARAMETER = re.compile(r"(?i)\b(password|token|secret|credential|authorization)=[^&;\s]+")
#: What a catalog cannot do without.
_NEEDS_URI = ("rest", "hive", "jdbc")


def is_secret(name: str) -> bool:
    """Whether the value of an option with this name is a secret."""
    return _SECRET.search(name) is not None


def holds_secret(address: str) -> bool:
    """Whether an address names a password or a token."""
    return _IN_ADDRESS.search(address) is not None or _AS_PARAMETER.search(address) is not None


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without the passwords and tokens of addresses in it, and without these secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return _AS_PARAMETER.sub(r"\1=…", _IN_ADDRESS.sub("…@", text))


def _texts(values: Any) -> Any:
    """Options as Spark has them: `true` and `4` of YAML are texts."""
    if not isinstance(values, dict):
        return values
    return {
        str(name): str(one).lower() if isinstance(one, bool) else str(one) if isinstance(one, int | float) else one
        for name, one in values.items()
    }


Options = Annotated[dict[str, str], BeforeValidator(_texts)]


class WarehouseSettings(Section):
    """Where tables are built."""

    engine: Literal["duckdb", "spark"] = Field("duckdb", description="what builds the tables")


class SparkSettings(Section):
    """Which Spark builds; used where `warehouse.engine` is `spark`."""

    remote: str | None = Field(None, pattern=r"^sc://\S+$", repr=False, description="address of a Spark Connect server")
    master: str = Field("local[*]", min_length=1, description="master of a Spark that this process starts")
    conf: Options = Field({}, repr=False, description="options of Spark")

    @model_validator(mode="after")
    def _one_spark(self) -> Self:
        if self.remote is not None and "master" in self.model_fields_set:
            raise ValueError("`remote` and `master` are two Sparks: give one of them")
        for name in self.conf:
            if name.startswith(OWN_CONF):
                raise ValueError(f"Footfall sets the option `{name}` itself: take it out of `conf`")
        return self


class IcebergCatalog(Section):
    """The catalog of the tables."""

    type: Literal["hadoop", "rest", "glue", "hive", "jdbc"] = Field("hadoop", description="hadoop: a folder")
    options: Options = Field({}, repr=False, description="options of the catalog, such as uri")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.type in _NEEDS_URI and not self.options.get("uri"):
            raise ValueError(f"a catalog of type {self.type} needs the option `uri`")
        for name in ("type", "warehouse", "catalog-impl"):
            if name in self.options:
                raise ValueError(f"`{name}` is no option here: use iceberg.catalog.type and iceberg.warehouse")
        return self


class IcebergSettings(Section):
    """Where Spark's tables are; used where `warehouse.engine` is `spark`."""

    catalog: IcebergCatalog = IcebergCatalog()  # type: ignore[call-arg]
    warehouse: str | None = Field(None, description="folder or address; none = <home>/warehouse/iceberg")

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.catalog.type == "hadoop" and self.warehouse and "://" in self.warehouse:
            if not self.warehouse.startswith("file://"):
                raise ValueError(
                    "a catalog of type hadoop is for a folder, since object storage cannot swap a file: "
                    "use rest, glue, hive or jdbc"
                )
        elif self.catalog.type == "glue" and not self.warehouse:
            raise ValueError("a catalog of type glue needs `warehouse`, such as s3://bucket/footfall")
        return self

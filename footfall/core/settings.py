"""Typed settings: environment ``FOOTFALL_*`` over ``footfall.yml`` over defaults, with no silent fallback."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from footfall.core.alert_settings import Alerts, Freshness
from footfall.core.errors import SettingsError
from footfall.core.event_settings import Consent, Ids, Limits
from footfall.core.home import Home
from footfall.core.section import Section
from footfall.core.settings_file import read_settings_file, refuse_secret_address, refuse_secret_options, refuse_secrets
from footfall.core.spark_settings import IcebergSettings, SparkSettings, WarehouseSettings
from footfall.core.vocabulary import vocabulary


class DuckDBSettings(Section):
    """What DuckDB may use of this machine."""

    memory_limit: str = Field("1400MB", description="of one process; a worker of exports is one")
    threads: int | None = Field(None, ge=1, description="default: one a core")


class EventSource(Section):
    """One shape of event files, and how its columns become the contract's (contract, section 2)."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    path: str = Field(description="glob below the home, with {load_date}")
    format: Literal["csv", "jsonl", "parquet"]
    mapping: dict[str, str] | None = Field(None, description="contract column: DuckDB expression; none = Segment spec")


class EntitySource(Section):
    """One entity that arrives in other columns or another place than the contract's."""

    name: Literal["workspaces", "participants", "content", "meetings", "meeting_participants"]
    path: str
    format: Literal["csv", "jsonl", "parquet"]
    mapping: dict[str, str]


class Sources(Section):
    events: tuple[EventSource, ...] = ()
    entities: tuple[EntitySource, ...] = ()


class Checks(Section):
    """Bounds of the data checks."""

    max_quarantined_share: float = Field(
        0.5, ge=0, le=1, description="of the lines of a load; a workspace above it is held back"
    )
    min_volume_ratio: float = Field(0.2, ge=0, description="a load below this share of the median of the last 7 warns")
    max_volume_ratio: float = Field(5.0, gt=0, description="a load above this multiple of that median warns")
    max_unmapped_share: float = Field(0.2, ge=0, le=1, description="of interactions; above it a warning")


class Publishing(Section):
    keep_versions: int = Field(3, ge=1, description="published files kept, the current one included")
    reuse_above_mb: int | None = Field(
        256, ge=0, description="from this size on the oldest published file is brought up to date, not a new one copied"
    )


class Schedule(Section):
    cron: str = "15 2 * * *"
    timezone: str = "UTC"
    enabled: bool = Field(False, description="whether the schedule is on without a switch in the user interface")
    retries: int = Field(3, ge=0, le=10, description="times a step is tried again after an error that may pass")
    retry_seconds: float = Field(60, ge=0, description="seconds before the first of them; then twice as long each")


def _known_format(name: str) -> str:
    formats = vocabulary().export_formats
    if name not in formats:
        raise ValueError(f"should be one of {', '.join(formats)}")
    return name


class Exports(Section):
    ranges: tuple[Literal["event", "last_7_days", "last_30_days"], ...] = ("event",)
    formats: tuple[Annotated[str, AfterValidator(_known_format)], ...] = vocabulary().export_formats
    days_without_dates: int | None = Field(
        90, ge=1, description="days of the range `event` where the workspace has no first or no last date; null: all"
    )
    workers: int = Field(2, ge=1, description="workspaces exported side by side")
    report_people: Literal["all", "none"] = Field("all", description="whether reports name people and have their pages")


class Retention(Section):
    """How long things are kept; null: for ever. Applied at the end of every run, by the days before today (UTC)."""

    landing_days: int | None = Field(None, ge=1, description="loaded landing files, by load date")
    lake_days: int | None = Field(None, ge=1, description="rows of events in the lake, by load date; facts stay")
    quarantine_days: int | None = Field(None, ge=1, description="texts of rejected lines, by load date; counts stay")
    published_days: int | None = Field(None, ge=1, description="versions but the current one, by publication")
    exports_days: int | None = Field(None, ge=1, description="folders not of exports.ranges, by when they were made")
    rebuild_without_raw: bool = Field(False, description="a full build may leave out what has no raw data any more")


def _host_name(name: str) -> str:
    if not re.fullmatch(r"(?i)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", name):
        raise ValueError("should be the name of a host, without https://, port or path")
    return name.lower()


class Ui(Section):
    """Dagster's pages, which only this machine can reach."""

    allowed_hosts: tuple[Annotated[str, AfterValidator(_host_name)], ...] = Field(
        (), description="names under which a reverse proxy with a login hands on requests"
    )


Audience = Literal["owner", "group", "everyone"]


class Access(Section):
    """Who may read two folders of the home; all the rest is its owner's alone."""

    published: Audience = Field("owner", description="files 0600, 0640 or 0644; folders 0700, 0750 or 0755")
    exports: Audience = Field("owner", description="the same for exports")


class Privacy(Section):
    key: str | None = Field(
        None, min_length=32, repr=False,
        description="secret of pseudonyms and erasures; none = <home>/privacy.key, made once",
    )


class Observability(Section):
    """What an operator sees of runs (docs/observability.md)."""

    log_format: Literal["text", "json"] = Field("text", description="of messages on standard error")
    log_file_bytes: int = Field(5_000_000, ge=10_000, description="<home>/logs/footfall.log is rotated at this size")
    log_files: int = Field(5, ge=1, le=1_000, description="rotated files kept")
    prometheus_file: str | None = Field(
        None, description="figures for node_exporter's textfile collector; none = <home>/metrics/footfall.prom"
    )


class _FromEnvironment(BaseSettings):
    """Values given to it, such as those of ``footfall.yml``, under the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings


class Settings(_FromEnvironment):
    """Everything ``footfall.yml`` may say. ``FOOTFALL_LIMITS__MAX_LATE_DAYS=0`` sets ``limits.max_late_days``."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTFALL_", env_nested_delimiter="__", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    limits: Limits = Limits()
    ids: Ids = Ids()
    consent: Consent = Consent()
    duckdb: DuckDBSettings = DuckDBSettings()
    warehouse: WarehouseSettings = WarehouseSettings()  # type: ignore[call-arg]
    spark: SparkSettings = SparkSettings()  # type: ignore[call-arg]
    iceberg: IcebergSettings = IcebergSettings()  # type: ignore[call-arg]
    sources: Sources = Sources()
    checks: Checks = Checks()
    publishing: Publishing = Publishing()
    schedule: Schedule = Schedule()
    exports: Exports = Exports()
    retention: Retention = Retention()
    access: Access = Access()
    privacy: Privacy = Privacy()
    freshness: Freshness = Freshness()
    alerts: Alerts = Alerts()
    ui: Ui = Ui()
    observability: Observability = Observability()


class _AlertsAlone(_FromEnvironment):
    model_config = SettingsConfigDict(
        env_prefix="FOOTFALL_", env_nested_delimiter="__", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    alerts: Alerts = Alerts()


def load_settings(home: Home) -> Settings:
    """Read ``<home>/footfall.yml`` (absent: the defaults) under the environment.

    Raises:
        SettingsError: the file cannot be read, is not YAML, has an unknown setting, or names a secret of ``alerts``.
    """
    values = read_settings_file(home)
    refuse_secrets(home, values, "alerts", Alerts)
    refuse_secret_options(home, values, ("spark", "conf"), ("iceberg", "catalog", "options"))
    refuse_secret_address(home, values, ("spark", "remote"))
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"The setting `{key}` cannot be used: {first['msg']}.",
            where=str(home.settings_file) if home.settings_file.exists() else "environment FOOTFALL_*",
            hint="See docs/settings.md for every key, its type and its default.",
        ) from error


def load_alerts(home: Home) -> Alerts:
    """The section ``alerts`` alone, so that an alert can be sent where the rest of the settings cannot be used.

    Raises:
        SettingsError: the section itself cannot be used.
    """
    try:
        values = read_settings_file(home)
    except SettingsError:
        values = {}
    refuse_secrets(home, values, "alerts", Alerts)
    try:
        return _AlertsAlone(**{name: value for name, value in values.items() if name == "alerts"}).alerts
    except ValidationError as error:
        raise SettingsError("The settings of alerts cannot be used.", where=str(home.settings_file)) from error

"""Where things are in one installation's home folder (contract, section 1)."""

from dataclasses import dataclass
from pathlib import Path

from footfall.core.errors import SettingsError

#: Layout version of a home, written to ``<home>/lake/version`` by the first load.
HOME_VERSION = 2


@dataclass(frozen=True)
class Home:
    """The paths of one installation. Making the object touches no disk; ``ensure`` makes the folders."""

    root: Path

    @property
    def settings_file(self) -> Path:
        return self.root / "footfall.yml"

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def commits(self) -> Path:
        """The lake's commit log: one JSON file a commit; a file that no commit names does not exist."""
        return self.lake / "commits"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def warehouse_file(self) -> Path:
        """Staging and intermediate models; one writer."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def marts_file(self) -> Path:
        """The marts being built, in the published storage version; publishing copies this file's bytes."""
        return self.warehouse / "marts.duckdb"

    @property
    def iceberg(self) -> Path:
        """Spark's tables, where `iceberg.warehouse` names no other place."""
        return self.warehouse / "iceberg"

    @property
    def spark_state(self) -> Path:
        """Which build Spark's tables hold; without it they are built from scratch."""
        return self.warehouse / "spark.json"

    @property
    def temp(self) -> Path:
        return self.warehouse / "tmp"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def published_file(self) -> Path:
        return self.published / "footfall.duckdb"

    @property
    def current(self) -> Path:
        return self.published / "current.json"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def logs(self) -> Path:
        """The log, and tracebacks of bugs; private, and removed by an erasure."""
        return self.root / "logs"

    @property
    def metrics(self) -> Path:
        """Figures of the last run for monitoring, and the starts that left no run behind; may be lost."""
        return self.root / "metrics"

    @property
    def key_file(self) -> Path:
        """The key of pseudonyms and tombstones (``footfall.core.secret``); only the owner may read it."""
        return self.root / "privacy.key"

    @property
    def lock_file(self) -> Path:
        """Held by the one writer; names its pid."""
        return self.root / "footfall.lock"

    def require_usable_path(self) -> None:
        """Raise SettingsError for a path that DuckDB reads as another one: with `?`, with a backslash."""
        path = str(self.root)
        if "?" in path or "\\" in path or not path.isprintable():
            raise SettingsError(
                "The path of the home has a `?`, a backslash or a character that cannot be printed, which DuckDB reads "
                "as something else.",
                where=str(self.root), hint="Choose another folder with --home or FOOTFALL_HOME.",
            )

    def ensure(self) -> "Home":
        """Make the folders that are missing; raise SettingsError where the home cannot be written or used."""
        self.require_usable_path()
        folders = (
            self.landing / "events", self.landing / "entities", self.commits, self.quarantine,
            self.temp, self.published, self.exports, self.dagster,
        )
        try:
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"The home folder cannot be written: {error.strerror}.",
                where=str(error.filename or self.root),
                hint="Choose another folder with --home or FOOTFALL_HOME, or repair its permissions.",
            ) from error
        return self

"""`footfall migrate`: the other engine builds the tables from the lake; only if all are equal, the setting changes."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from footfall.core.database import connect, quote_literal
from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.core.settings_file import with_engine
from footfall.core.spark_settings import WarehouseSettings
from footfall.core.stop import raise_if_stopped
from footfall.publishing.content import TableContent, read_content
from footfall.spark.faults import SparkLost
from footfall.transform import build_sources, dbt_runner
from footfall.transform.dbt_args import PROJECT
from footfall.transform.engine import engine_at_work, engine_of
from orchestration.defs.transform.checks import as_results, require_models
from orchestration.run_context import RunContext

#: Variables of the environment that win over the file.
_VARIABLES = ("FOOTFALL_WAREHOUSE__ENGINE", "FOOTFALL_WAREHOUSE")


@dataclass(frozen=True)
class Changed:
    """What a change of the engine did.

    Attributes:
        tables: rows of each mart. compared: marts whose rows were compared with those of the other engine, all equal.
        left: where tables of the other engine are still; None: nothing of it is left.
    """

    engine: str
    tables: Mapping[str, int]
    compared: int
    left: str | None = None


def change_engine(home: Home, settings: Settings, engine: str, progress: Progress = quiet) -> Changed:
    """Let another engine build the tables of a home. Call it with the home's lock held.

    What is published stays as it is; the next run publishes from the new tables. If this is killed before the setting
    is written, the next run builds with the old engine what is missing; after it, tables of the old engine may be left.

    Raises:
        SettingsError: the setting cannot be changed here; says what to set.
        FootfallError: a mart differs, or the tables could not be built; the setting stays.
    """
    text = _changed_file(home, engine)
    new = settings.model_copy(update={"warehouse": WarehouseSettings(engine=engine)})  # type: ignore[arg-type]
    before = _finished_marts(home, settings)
    tables: dict[str, TableContent] = {}
    left = None
    if any(home.commits.glob("*.json")):
        with engine_at_work(home, new), engine_at_work(home, settings):
            tables = _build_with_answers(home, new, before, progress)
            _write(home, text)
            left = engine_of(home, settings).remove_tables()
    else:
        _write(home, text)
    return Changed(engine, {name: table.rows for name, table in sorted(tables.items())}, len(before), left)


def _build_with_answers(
    home: Home, new: Settings, before: Mapping[str, TableContent], progress: Progress
) -> dict[str, TableContent]:
    """`_build`; once more where the Spark that built has ended, with a new one."""
    try:
        return _build(home, new, before, progress)
    except SparkLost as error:
        raise_if_stopped(error)
        progress(f"{error.message} Starting Spark again.")
        engine_of(home, new).close()
        return _build(home, new, before, progress)


def _build(
    home: Home, new: Settings, before: Mapping[str, TableContent], progress: Progress
) -> dict[str, TableContent]:
    progress(f"Building all tables with {new.warehouse.engine}.")
    run_context = RunContext(home, new, "migrate", progress=progress)
    manifest = dbt_runner.parse(home, new)
    sources = build_sources.bind(
        home, PROJECT, new, full_refresh=True, may_lack_rows=new.retention.rebuild_without_raw,
    )
    run_context.nodes = dbt_runner.build(home, new, is_full_refresh=True, manifest=manifest, progress=progress)
    require_models(run_context)
    run_context.require_passed(as_results(run_context.nodes))
    build_sources.finish(home, sources, new, progress)
    progress("Comparing the tables of both engines.")
    tables = _read(home)
    differing = sorted(name for name, table in before.items() if table.changed_since(tables.get(name)))
    if differing:
        raise FootfallError(
            f"{len(differing)} tables differ between the engines: {', '.join(differing[:5])}.",
            where=str(home.marts_file),
            hint="The setting and what is published stay as they were; the next run builds with the old engine. "
            "Report this.",
        )
    build_sources.mark_built(home, sources, new)
    return tables


def _finished_marts(home: Home, settings: Settings) -> dict[str, TableContent]:
    """Content of the marts of the present engine, where they are complete and of this version of the models."""
    if not home.marts_file.exists() or not build_sources.is_built(home, settings):
        return {}
    if engine_of(home, settings).last_build().fingerprint != build_sources.fingerprint(PROJECT):
        return {}
    return _read(home)


def _read(home: Home) -> dict[str, TableContent]:
    with connect(temp=home.temp) as con:
        con.execute(f"attach {quote_literal(str(home.marts_file))} as built (read_only)")
        con.execute("use built")  # a database `marts` with a schema `marts` would be ambiguous
        return dict(read_content(con, "marts").tables)


def _changed_file(home: Home, engine: str) -> str:
    """The text of the settings file with the engine.

    Raises:
        SettingsError: the environment names the engine, or the file is written in a way that cannot be changed safely.
    """
    for variable in _VARIABLES:
        if variable in os.environ:
            raise SettingsError(
                f"The environment names the engine, and wins over {home.settings_file.name}.", where=variable,
                hint=f"Unset {variable} for this command and for runs.",
            )
    text = home.settings_file.read_text(encoding="utf-8") if home.settings_file.exists() else ""
    changed = with_engine(text, engine)
    if changed is None:
        raise SettingsError(
            "The section `warehouse` of the settings file is written in a way that is not changed by a program.",
            where=str(home.settings_file), hint="Write it as two lines, `warehouse:` and `  engine: …`, and try again.",
        )
    return changed


def _write(home: Home, text: str) -> None:
    aside = home.settings_file.with_name(".footfall.yml.tmp")
    aside.write_text(text, encoding="utf-8")
    if home.settings_file.exists():
        aside.chmod(home.settings_file.stat().st_mode & 0o777)
    aside.replace(home.settings_file)

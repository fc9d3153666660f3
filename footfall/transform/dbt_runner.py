"""dbt in this process: a subprocess would spend six seconds on imports this process has made already.

`dagster_dbt.DbtCliResource` can only spawn one, so this module runs `dbtRunner`, dbt's documented entry for programs,
and hands over plain results; `defs/transform/assets.py` turns them into Dagster events.
"""

import contextlib
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from footfall.core.collection import without_collection
from footfall.core.errors import FootfallError
from footfall.core.explain import explain, may_pass
from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.spark.faults import require_answers
from footfall.spark.installed import require_packages
from footfall.transform import dbt_args, kept_manifest

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class Node:
    """The result of one seed, model or test.

    Attributes:
        status: `success`, `pass`, `warn`, `fail`, `error` or `skipped`.
        failures: rows a test found; 0 for anything else.
    """

    unique_id: str
    name: str
    kind: str
    status: str
    failures: int
    message: str
    seconds: float
    path: str


def parse(home: Home, settings: Settings) -> "Manifest":
    """Write `<home>/warehouse/dbt/manifest.json` and return dbt's own form of it; one that was kept is used again.

    Leaves the environment as dbt needs it to work on this home.

    Raises:
        FootfallError: the dbt project cannot be parsed, or lacks the packages of its engine.
    """
    if settings.warehouse.engine == "spark":
        require_packages()
    prints = kept_manifest.fingerprint(settings.warehouse.engine)
    manifest = kept_manifest.read(home, prints)
    if manifest is None:
        manifest = _parse(home, settings)
        kept_manifest.keep(home, prints, manifest)
    os.environ.update(dbt_args.environment(home, settings))
    return manifest


def _parse(home: Home, settings: Settings) -> "Manifest":
    from dbt.cli.main import dbtRunner

    os.environ.update(dbt_args.parse_environment())
    dbt_args.artifacts_folder(home).mkdir(parents=True, exist_ok=True)
    with _in_a_folder(home), _without_arguments(), _silent():
        outcome = dbtRunner().invoke(dbt_args.parse_arguments(home, settings.warehouse.engine))
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        raise outcome.exception  # a signal
    if not outcome.success:
        raise _broken(home, outcome.exception)
    return cast("Manifest", outcome.result)


def current_manifest(home: Home, settings: Settings) -> Mapping[str, Any]:
    """The manifest as JSON, parsed again only if something that it is made from has changed."""
    if not kept_manifest.is_kept(home, kept_manifest.fingerprint(settings.warehouse.engine)):
        parse(home, settings)
    return read_manifest(home)


def read_manifest(home: Home) -> Mapping[str, Any]:
    """The manifest that `parse` wrote, as JSON."""
    return json.loads(dbt_args.manifest_path(home).read_text(encoding="utf-8"))


def forget_compiled(manifest: "Manifest") -> None:
    """Let dbt compile a manifest again: it marks nodes it has compiled, and leaves their ephemeral models out then."""
    for node in manifest.nodes.values():
        if getattr(node, "extra_ctes_injected", False):
            node.compiled = node.extra_ctes_injected = False  # type: ignore[union-attr, misc]
            node.extra_ctes = []  # type: ignore[union-attr, misc]


def build(
    home: Home, settings: Settings, *, is_full_refresh: bool = False, select: Sequence[str] = (),
    manifest: "Manifest | None" = None, progress: Progress = quiet,
) -> list[Node]:
    """Build and test the models; every connection to the warehouse is closed afterwards.

    Args:
        select: names of the only models to build; all without any.
        manifest: from `parse` in this process; saves parsing again.

    Returns:
        One result a seed, model and data test; failed ones among them.

    Raises:
        FootfallError: dbt could not start.
        SparkLost: the Spark that builds has ended, or no longer answers.
        TablesLost: files of Spark's tables are missing or damaged.
    """
    with without_collection():
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

    os.environ.update(dbt_args.environment(home, settings))
    if manifest is not None:
        forget_compiled(manifest)
    runner = dbtRunner(manifest=manifest, callbacks=[_report_nodes(progress)])
    try:
        with _in_a_folder(home), _plain_interrupt(), _without_arguments(), _silent():
            outcome = runner.invoke(dbt_args.build_arguments(
                home, settings.warehouse.engine, is_full_refresh=is_full_refresh, select=select,
            ))
    finally:
        # dbt keeps the file open until the process ends; publishing copies it before that.
        DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None and not isinstance(outcome.exception, Exception):
        # Somebody pressed Ctrl-C; dbt catches even that.
        raise outcome.exception
    results = getattr(outcome.result, "results", None)
    if results is None:
        raise _broken(home, outcome.exception)
    if settings.warehouse.engine == "spark":
        require_answers(settings, [str(result.message) for result in results if result.status == "error"])
    return [
        Node(
            unique_id=result.node.unique_id,
            name=result.node.name,
            kind=str(result.node.resource_type),
            status=str(result.status),
            failures=result.failures or 0,
            message=_first_line(result.message),
            seconds=round(result.execution_time, 3),
            path=result.node.original_file_path,
        )
        for result in results
    ]


@contextlib.contextmanager
def _in_a_folder(home: Home) -> Iterator[None]:
    """Work in the home where the working folder was removed: dbt asks for its path."""
    try:
        Path.cwd()
    except FileNotFoundError:
        os.chdir(home.root)
    yield


@contextlib.contextmanager
def _without_arguments() -> Iterator[None]:
    """Hide this process's arguments, which dbt writes to `run_results.json`: they may name a person to erase."""
    before = sys.argv
    sys.argv = before[:1]
    try:
        yield
    finally:
        sys.argv = before


class _Nowhere(io.TextIOBase):
    """A stream that keeps nothing, and stays open, as dbt's loggers outlive a call."""

    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Keep standard output for the command's result: dbt prints there what happens before it knows its options."""
    with contextlib.redirect_stdout(_Nowhere()):
        yield


@contextlib.contextmanager
def _plain_interrupt() -> Iterator[None]:
    """Let signals be a KeyboardInterrupt: it makes dbt cancel its queries; Dagster's own kind leaves them running."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _report_nodes(progress: Progress) -> Callable[[Any], None]:
    """A dbt event callback that reports what is being built or tested, at most once a second."""
    last = 0.0

    def report(event: Any) -> None:
        nonlocal last
        if event.info.name != "LogStartLine" or time.monotonic() - last < 1:
            return
        last = time.monotonic()
        node = event.data.node_info
        verb = "Testing" if node.resource_type == "test" else "Building"
        progress(f"{verb} {node.node_name} ({event.data.index} of {event.data.total}).")

    return report


def _broken(home: Home, exception: BaseException | None) -> FootfallError:
    if exception is not None and may_pass(exception) and (found := explain(exception, home)) is not None:
        found.__cause__ = exception
        return found  # the machine's fault: a full disk
    error = FootfallError(
        f"dbt stopped before building: {_first_line(str(exception))}",
        where=str(dbt_args.PROJECT), hint=f"See {dbt_args.artifacts_folder(home) / 'dbt.log'}.",
    )
    error.__cause__ = exception
    return error


def _first_line(message: str | None, length: int = 300) -> str:
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    return " ".join(lines)[:length]

"""A full disk under Dagster's own files: one message, and none of Dagster's beside it."""

import contextlib
import errno
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from footfall.core.errors import DiskFull, FootfallError, NotEnoughMemory
from footfall.core.explain import explain, may_pass
from footfall.core.home import Home
from footfall.transform import dbt_runner
from orchestration.dagster_instance import open_instance, without_noise
from orchestration.defs.transform.checks import require_models

NOISE = "Exception while writing logger call to event log"


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """SQLite's own limit stands for the disk's: no file grows by a page."""
    def on_connect(connection, record) -> None:
        pages = connection.execute("pragma page_count").fetchone()[0]
        connection.execute(f"pragma max_page_count = {pages}")

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)


@dg.op
def talk(context: dg.OpExecutionContext) -> None:
    """Write more than a page of the event log has room for."""
    for number in range(200):
        context.log.info(f"{number} {'x' * 500}")


@dg.job
def talking() -> None:
    talk()


@pytest.mark.parametrize("is_quiet", [False, True])
def test_dagster_prints_a_line_for_every_event_it_cannot_store_and_a_run_prints_none(tmp_path: Path, is_quiet: bool):
    home = Home(tmp_path)
    said = io.StringIO()
    with open_instance(home) as instance, full_disk(), contextlib.redirect_stderr(said):
        quietly = without_noise() if is_quiet else contextlib.nullcontext()
        with quietly, pytest.raises(Exception, match="database or disk is full") as caught:
            talking.execute_in_process(instance=instance)
    assert (NOISE in said.getvalue()) is not is_quiet, "where Dagster stops printing it, the filter can go"
    found = explain(caught.value, home)
    assert found is not None and found.message.startswith("The disk is full.")
    assert found.where == str(home.root)
    assert may_pass(caught.value)


@pytest.mark.parametrize("name", ["runs.db", "gone/runs.db"])
def test_a_history_that_cannot_be_written_to_is_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    sqlite3.connect(tmp_path / "runs.db").execute("create table runs (number int)").connection.close()
    with pytest.raises(sqlite3.OperationalError) as caught, contextlib.closing(
        sqlite3.connect(f"{(tmp_path / name).as_uri()}?mode=ro", uri=True)
    ) as con:
        con.execute("insert into runs values (1)")
    found = explain(caught.value, Home(tmp_path))
    assert found is not None and "Dagster's history" in found.message and "right to write" in str(found.hint)


def test_a_full_disk_under_dbt_is_no_fault_of_dbt(tmp_path: Path) -> None:
    home = Home(tmp_path)
    error = OSError(errno.ENOSPC, "No space left on device")
    found = dbt_runner._broken(home, error)
    assert (found.message, found.where) == ("The disk is full. What was published stays.", str(tmp_path))
    assert may_pass(found)
    assert dbt_runner._broken(home, ValueError("bad model")).message == "dbt stopped before building: bad model"


def test_a_model_that_lacks_memory_or_disk_is_no_fault_of_the_model(tmp_path: Path) -> None:
    with duckdb.connect(config={"memory_limit": "4MB", "threads": 1, "temp_directory": ""}) as con, \
            pytest.raises(duckdb.OutOfMemoryException) as short:
        con.execute("create table numbers as select range as n, repeat('x', 100) as text from range(1000000)")
    texts = {
        f"Runtime Error in model m (models/m.sql) {short.value}": NotEnoughMemory,
        "Runtime Error in model m (models/m.sql) IO Error: Could not write file: No space left on device": DiskFull,
        "Binder Error: column memory_left is not there": FootfallError,
    }
    for text, kind in texts.items():
        node = dbt_runner.Node("model.footfall.m", "m", "model", "error", 0, text, 0.1, "models/m.sql")
        with pytest.raises(kind) as caught:
            require_models(SimpleNamespace(nodes=[node], home=Home(tmp_path)))
        assert type(caught.value) is kind
        assert kind is FootfallError or caught.value.where.endswith("; the model m")

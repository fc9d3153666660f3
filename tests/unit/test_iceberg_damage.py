"""Damaged files of Spark's tables in the home are found and repaired without Spark; what a killed Spark left goes."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from footfall.core.errors import DiskFull, FootfallError
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.core.state_files import write_json
from footfall.spark import java
from footfall.spark.damage import record_file, remove_tables_of_elsewhere, removing_files
from footfall.spark.faults import SparkLost, TablesLost, require_answers, tables_refused
from footfall.spark.state import SparkState, read_state, write_state
from footfall.transform import build_sources, dbt_args
from footfall.transform.engine import engine_of
from footfall.transform.spark_engine import SparkEngine, _tried_twice
from orchestration.damage import find_damage, heal, load_again
from orchestration.defs.transform import assets
from orchestration.pending_work import find_pending_work
from orchestration.run_context import RunContext
from tests.support.marts import commit

DATA, MANIFEST = "data/local_date_day=2026-11-01/a.parquet", "metadata/snap-1.avro"

OWN = ("marts.fct_events", "marts.fct_visits")


@pytest.fixture
def tables(tmp_path: Path) -> Home:
    """Two tables of Iceberg as a publication leaves them."""
    home = Home(tmp_path).ensure()
    for name in ("marts/fct_events", "marts/fct_visits"):
        folder = home.iceberg / name
        for path, content in ((DATA, b"rows"), (MANIFEST, b"files"), ("metadata/v2.metadata.json", b"{}")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        (folder / "metadata/version-hint.text").write_text("2", encoding="ascii")
    write_state(home, SparkState("one", 1, 1, 1))
    with removing_files(home, OWN):
        pass
    assert find_damage(home) == []
    return home


@pytest.mark.parametrize(("file", "damage", "problem"), [
    (DATA, Path.unlink, "missing"),
    (DATA, lambda path: path.write_bytes(b"ROWS"), "changed"),
    (MANIFEST, lambda path: os.truncate(path, 2), "2 bytes instead of 5"),
    ("metadata/v2.metadata.json", lambda path: os.truncate(path, 1), "cut or not JSON"),
    ("metadata/v2.metadata.json", Path.unlink, "v2.metadata.json is missing"),
    ("metadata/version-hint.text", Path.unlink, "newest version is not known"),
])
def test_a_damaged_table_is_named_and_removed_so_that_the_next_build_is_from_scratch(
    tables: Home, file: str, damage: Callable[[Path], None], problem: str
) -> None:
    damage(tables.iceberg / "marts/fct_events" / file)
    found = find_damage(tables)
    assert len(found) == 1 and problem in found[0].problem and "every table again from the lake" in found[0].remedy
    heal(tables, Settings(), found)
    assert sorted(path.name for path in (tables.iceberg / "marts").iterdir()) == ["fct_visits"]
    assert not tables.spark_state.exists() and find_damage(tables) == []


def test_a_file_whose_bytes_rotted_without_a_trace_is_found_by_the_deep_look(tables: Home) -> None:
    path = tables.iceberg / "marts/fct_events" / DATA
    before = path.stat()
    path.write_bytes(b"RUST")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find_damage(tables) == []
    assert [one.path for one in find_damage(tables, deep=True)] == [path]


def test_files_that_a_build_adds_or_a_killed_removal_leaves_are_no_damage(tables: Home) -> None:
    (tables.iceberg / "marts/fct_events/data/new.parquet").write_bytes(b"half")
    assert find_damage(tables, deep=True) == []
    with pytest.raises(KeyboardInterrupt), removing_files(tables, OWN):
        (tables.iceberg / "marts/fct_events" / DATA).unlink()
        raise KeyboardInterrupt
    assert not record_file(tables).exists() and find_damage(tables, deep=True) == []


def test_a_table_of_others_beside_them_is_theirs_to_change(tables: Home) -> None:
    path = tables.iceberg / "marts/of_others/data/a.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"theirs")
    with removing_files(tables, OWN):
        pass
    path.unlink()
    assert find_damage(tables, deep=True) == []


def test_tables_of_a_copied_home_are_not_used_as_they_name_the_files_of_the_other(tables: Home, tmp_path: Path) -> None:
    for table in ("fct_events", "fct_visits"):
        folder = tables.iceberg / "marts" / table
        address = str(folder) if table == "fct_events" else folder.as_uri()
        (folder / "metadata/v2.metadata.json").write_text(json.dumps({"location": address}))
    assert remove_tables_of_elsewhere(tables) == []
    copy = Home(tmp_path.with_name(tmp_path.name + " copy"))
    shutil.copytree(tables.root, copy.root)
    assert remove_tables_of_elsewhere(copy) == ["marts.fct_events", "marts.fct_visits"]
    assert len(list(tables.iceberg.rglob("*.parquet"))) == 2 and not list(copy.iceberg.rglob("*.parquet"))


def test_a_lake_that_is_loaded_again_is_built_from_scratch_on_spark_too(tables: Home) -> None:
    """Its commits have the numbers of those before, so the tables would count as built."""
    commit(tables, 1, "2026-11-01")
    load_again(tables, Settings())
    assert read_state(tables, "one") == SparkState("one")


def test_damaged_tables_are_work_for_the_next_run(tables: Home) -> None:
    write_json(tables.warehouse / "finished.json", {"code": "x", "settings": "x", "run_id": "x"})
    (tables.iceberg / "marts/fct_events" / DATA).unlink()
    commit(tables, 1, "2026-11-01")
    heal(tables, Settings(), [one for one in find_damage(tables) if one.part == "warehouse"])
    assert "the last run did not finish" in find_pending_work(tables, Settings()).reasons


def test_what_a_killed_spark_left_is_removed_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        (home.temp / f"spark-of-{pid}" / "blockmgr").mkdir(parents=True)
    java.remove_left_over(home)
    assert [path.name for path in home.temp.iterdir()] == [java.own_folder(home).name]


def test_errors_of_iceberg_say_where_and_what_to_do_and_others_stay_what_they_are() -> None:
    from pyarrow import ArrowInvalid

    settings = Settings(warehouse={"engine": "spark"})
    for error, expected in (
        (ArrowInvalid("Not what was expected"), FootfallError), (ConnectionResetError("x"), ConnectionError),
        (ArrowInvalid("Parquet magic bytes not found in footer"), TablesLost),
        (FileNotFoundError("Cannot open file, does not exist: /w/a.parquet"), TablesLost),
        (FileNotFoundError(2, "No such file or directory", "/home/x"), FileNotFoundError),
        (ArrowInvalid("java.io.IOException: No space left on device"), DiskFull), (KeyError("bug"), KeyError),
        (RuntimeError("Py4JNetworkError: Answer from Java side is empty"), SparkLost),
    ):
        with pytest.raises(expected) as raised, tables_refused(settings):
            raise error
        if expected is FootfallError:
            assert "expected" in raised.value.message and raised.value.where and "run again" in raised.value.hint
        if expected is TablesLost:
            assert "missing or damaged" in raised.value.message and "--full-refresh" in raised.value.hint


@pytest.mark.parametrize(("message", "is_damage"), [
    ("Error\n  org.apache.iceberg.exceptions.NotFoundException: Failed to open input stream for file: /w/a", True),
    ("[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:/w/a.parquet", True),
    ("java.lang.RuntimeException: file:/w/a.parquet is not a Parquet file (length is too low: 4)", True),
    ("java.lang.ClassNotFoundException: org.postgresql.Driver", False),
    ("[TABLE_OR_VIEW_NOT_FOUND] The table or view marts.x cannot be found.", False),
])
def test_a_statement_that_failed_on_a_missing_or_damaged_file_says_so(message: str, is_damage: bool) -> None:
    settings = Settings(warehouse={"engine": "spark"})
    with pytest.raises(TablesLost) if is_damage else contextlib.nullcontext():
        require_answers(settings, ["fine", message])


def test_a_version_that_spark_published_is_published_again_on_duckdb(tmp_path: Path) -> None:
    engine = engine_of(Home(tmp_path), Settings())
    assert engine.has_version({"run_id": "r"})
    assert not engine.has_version(json.loads('{"catalog": "c", "tag": "run-r", "snapshots": {"marts.a": 1}}'))


def test_marts_that_duckdb_began_to_build_are_not_taken_for_those_of_spark(tables: Home) -> None:
    """As after a killed `footfall migrate --to duckdb`: Spark's next build replaced only what had changed in them."""
    write_json(tables.warehouse / "marts.json", {"catalog": "one", "snapshots": {"marts.fct_events": 1}})
    commit(tables, 1, "2026-11-01")
    build_sources.bind(tables, dbt_args.PROJECT, Settings(), full_refresh=True)
    assert not (tables.warehouse / "marts.json").exists() and read_state(tables, "one").built_no == 1


def test_a_spark_that_ends_is_started_again_once_for_what_may_be_repeated(tmp_path: Path) -> None:
    tries: list[int] = []

    class Engine(SparkEngine):
        def close(self) -> None:
            tries.append(0)

        @_tried_twice
        def changed_dates(self) -> list[date]:
            tries.append(1)
            raise RuntimeError("Py4JNetworkError: Answer from Java side is empty")

    with pytest.raises(SparkLost):
        Engine(Home(tmp_path), Settings(warehouse={"engine": "spark"})).changed_dates()
    assert tries == [1, 0, 1]


@pytest.mark.parametrize(("errors", "is_full", "expected"), [
    ([SparkLost("Spark ended.")], False, [False, False]),
    ([SparkLost("Spark ended."), SparkLost("Spark ended.")], False, [False, False, "error"]),
    ([TablesLost("A file is missing.")], False, [False, True]),
    ([TablesLost("A file is missing."), TablesLost("Again.")], False, [False, True, "error"]),
    ([TablesLost("A file is missing.")], True, [True, "error"]),
])
def test_a_build_is_repeated_once_and_from_scratch_where_tables_are_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: list[FootfallError], is_full: bool, expected: list
) -> None:
    """Which builds are begun; what they do is left out, as it takes minutes on Spark."""
    tries: list[bool | str] = []
    left = list(errors)

    def build_once(run_context: RunContext, *, is_full_refresh: bool) -> None:
        tries.append(is_full_refresh)
        if left:
            raise left.pop(0)

    monkeypatch.setattr(assets, "_build_once", build_once)
    try:
        assets._build_all(
            RunContext(Home(tmp_path), Settings(warehouse={"engine": "spark"})), is_full_refresh=is_full
        )
    except FootfallError:
        tries.append("error")
    assert tries == expected


def test_tables_that_a_migration_removed_are_no_damage(tables: Home) -> None:
    assert engine_of(tables, Settings(warehouse={"engine": "spark"})).remove_tables() is None
    assert not tables.iceberg.exists() and not record_file(tables).exists()
    assert find_damage(tables, deep=True) == []

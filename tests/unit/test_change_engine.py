"""`footfall migrate` and the doctor's look at the engine, as far as neither needs Spark."""

import contextlib
import os
from pathlib import Path

import pytest
import yaml

from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.core.settings_file import with_engine
from footfall.publishing.content import TableContent
from footfall.spark.faults import SparkLost, catalog_refused, require_answers, short
from footfall.spark.state import SparkState, begun, read_state, write_state
from footfall.transform import build_sources, dbt_args
from footfall_cli.doctor_engine import look_at_engine
from orchestration.change_engine import change_engine
from tests.support.marts import commit


@pytest.mark.parametrize("text", [
    "", "# c\nlimits:\n  max_late_days: 3  # d\n", "warehouse:\n  # x\n  engine: duckdb  # note\nlimits: {}\n",
    "warehouse: {engine: 'duckdb'}\n", "warehouse:\nlimits: {max_late_days: 1}\n", "# warehouse:\n#   engine: duckdb\n",
])
def test_the_engine_is_set_in_the_settings_file_and_the_rest_stays(text: str) -> None:
    changed = with_engine(text, "spark")
    assert changed is not None
    before = yaml.safe_load(text) or {}
    assert yaml.safe_load(changed) == {**before, "warehouse": {"engine": "spark"}}
    assert [line for line in text.splitlines() if "#" in line and "engine" not in line] == [
        line for line in changed.splitlines() if "#" in line and "engine" not in line
    ]


def test_an_engine_that_the_environment_names_is_not_changed_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTFALL_WAREHOUSE__ENGINE", "spark")
    home = Home(tmp_path).ensure()
    with pytest.raises(SettingsError, match="environment"):
        change_engine(home, load_settings(home), "duckdb")
    assert not home.settings_file.exists()


def test_a_home_without_data_only_changes_its_setting(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    home.settings_file.write_text("limits:\n  max_late_days: 9\n", encoding="utf-8")
    done = change_engine(home, load_settings(home), "spark")
    settings = load_settings(home)
    assert (settings.warehouse.engine, settings.limits.max_late_days, done.tables) == ("spark", 9, {})


def test_a_home_whose_engine_is_spark_is_refused_without_it_and_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "footfall.yml").write_text(
        "warehouse: {engine: spark}\nspark: {remote: 'sc://127.0.0.1:1'}\n", encoding="utf-8"
    )
    home = Home(tmp_path).ensure()
    with pytest.raises(FootfallError) as raised:
        build_sources.bind(home, dbt_args.PROJECT, load_settings(home))
    assert raised.value.hint
    assert sorted(path.name for path in home.warehouse.iterdir()) == ["tmp"]


def test_the_doctor_says_that_settings_of_spark_are_not_used_with_duckdb(tmp_path: Path) -> None:
    (tmp_path / "footfall.yml").write_text("spark: {conf: {spark.executor.memory: 8g}}\n", encoding="utf-8")
    (found,) = look_at_engine(Home(tmp_path))
    assert found.is_ok and "spark are not used" in found.found


def test_the_doctor_names_a_missing_java_with_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "no java"))
    monkeypatch.setenv("FOOTFALL_MAVEN_REPOSITORY", str(tmp_path))
    (tmp_path / "footfall.yml").write_text("warehouse: {engine: spark}\n", encoding="utf-8")
    java = next(finding for finding in look_at_engine(Home(tmp_path)) if finding.name == "java")
    assert not java.is_ok and "openjdk-17-jre-headless" in java.hint


def test_the_state_of_spark_is_of_one_catalog_and_a_build_from_scratch_leaves_nothing_complete(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    done = SparkState("one", 3, 3, 7, "prints", None, (), {"marts.fct_visits": 5})
    write_state(home, done)
    assert read_state(home, "one") == done
    assert read_state(home, "another") == SparkState("another")
    assert begun(done, 4, is_full=False).built_no == 3 and begun(done, 4, is_full=True).built_no == 0
    home.spark_state.write_text(home.spark_state.read_text().replace('"prints"', '"other"'), encoding="utf-8")
    assert read_state(home, "one") == SparkState("one"), "a state that rotted is no state"


def test_a_statement_that_failed_as_spark_ended_may_be_tried_again_and_others_may_not(tmp_path: Path) -> None:
    from footfall.core.explain import may_pass

    settings = load_settings(Home(tmp_path))
    require_answers(settings, ["[UNRESOLVED_COLUMN] A column cannot be resolved."])
    with pytest.raises(SparkLost) as raised:
        require_answers(settings, ["Runtime Error\n  Py4JNetworkError: Answer from Java side is empty"])
    assert may_pass(raised.value)


def test_an_error_of_the_catalog_shows_no_password_and_no_stack(tmp_path: Path) -> None:
    settings = load_settings(Home(tmp_path))
    with pytest.raises(FootfallError) as raised, catalog_refused(settings):
        raise RuntimeError("org.apache.iceberg.ForbiddenException: 403 at https://me:abc@host\n\tat org.x.Y(Y.java:1)")
    assert "refuses" in raised.value.message
    assert not {"abc", "Y.java"} & set(raised.value.message.replace(":", " ").replace("@", " ").split())
    assert "password=…" in short(RuntimeError("jdbc:x?user=a&password=abc"))
    assert os.linesep not in raised.value.message


@pytest.mark.parametrize(("ends", "tries"), [(0, 1), (1, 2), (2, 2)])
def test_a_migration_is_begun_again_once_where_spark_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: int, tries: int
) -> None:
    """How often it is begun; what it builds is left out, as it takes minutes on Spark."""
    home = Home(tmp_path).ensure()
    commit(home, 1, "2026-11-01")
    begun_with: list[str] = []

    def build(_home: Home, new: Settings, *_: object) -> dict[str, TableContent]:
        begun_with.append(new.warehouse.engine)
        if len(begun_with) <= ends:
            raise SparkLost("Spark ended while it was building.")
        return {}

    monkeypatch.setattr("orchestration.change_engine._build", build)
    with pytest.raises(SparkLost) if ends == 2 else contextlib.nullcontext():
        change_engine(home, load_settings(home), "spark")
    assert begun_with == ["spark"] * tries
    assert load_settings(home).warehouse.engine == ("duckdb" if ends == 2 else "spark")

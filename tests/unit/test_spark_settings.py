"""What `footfall.yml` may say of the engine, Spark and Iceberg; none of it needs Spark."""

import subprocess
import sys
from pathlib import Path

import pytest

from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.spark import catalogs, installed, session
from footfall.spark.java_options import java_options


def _home(folder: Path, text: str) -> Home:
    (folder / "footfall.yml").write_text(text, encoding="utf-8")
    return Home(folder)


@pytest.mark.parametrize(("text", "says"), [
    ("warehouse: {engine: postgres}", "warehouse.engine"),
    ("spark: {remote: 'sc://host:15002', master: yarn}", "two Sparks"),
    ("spark: {remote: 'https://host'}", "spark.remote"),
    ("spark: {conf: {spark.sql.session.timeZone: Europe/Vienna}}", "spark.sql.session.timeZone"),
    ("spark: {conf: {spark.sql.ansi.enabled: false}}", "spark.sql.ansi.enabled"),
    ("iceberg: {catalog: {type: rest}}", "`uri`"),
    ("iceberg: {catalog: {type: glue}}", "warehouse"),
    ("iceberg: {warehouse: 's3://bucket/footfall'}", "hadoop"),
    ("iceberg: {catalog: {type: hadoop, options: {warehouse: /tmp}}}", "iceberg.warehouse"),
    ("iceberg: {catalog: {type: rest, options: {uri: 'https://host', token: abc}}}", "secret"),
    ("spark: {conf: {spark.hadoop.fs.s3a.secret.key: abc}}", "secret"),
])
def test_settings_that_do_not_go_together_are_refused_with_the_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings(_home(tmp_path, text))
    assert says in raised.value.message and "abc" not in f"{raised.value.message} {raised.value.hint}"
    assert raised.value.where == str(tmp_path / "footfall.yml") and raised.value.hint


def test_a_secret_of_the_environment_is_added_to_the_options_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTFALL_ICEBERG__CATALOG__OPTIONS", '{"token": "a secret"}')
    settings = load_settings(_home(tmp_path, "iceberg: {catalog: {type: rest, options: {uri: 'https://host'}}}"))
    assert settings.iceberg.catalog.options == {"uri": "https://host", "token": "a secret"}
    assert "a secret" not in repr(settings)


def test_options_of_spark_may_be_numbers_and_truths() -> None:
    settings = Settings(spark={"conf": {"spark.executor.cores": 4, "spark.dynamicAllocation.enabled": True}})
    assert settings.spark.conf == {"spark.executor.cores": "4", "spark.dynamicAllocation.enabled": "true"}


def test_spark_on_this_machine_listens_to_this_machine_only(tmp_path: Path) -> None:
    options = session.start_options(Home(tmp_path), Settings(spark={"master": "local[2]"}))
    assert options["spark.driver.host"] == options["spark.driver.bindAddress"] == "127.0.0.1"
    assert options["spark.ui.enabled"] == "false"
    assert "spark.driver.host" not in session.start_options(Home(tmp_path), Settings(spark={"master": "yarn"}))


def test_homes_and_warehouses_have_catalogs_of_their_own(tmp_path: Path) -> None:
    plain, moved = Settings(), Settings(iceberg={"warehouse": str(tmp_path / "elsewhere")})
    names = {catalogs.catalog_name(Home(tmp_path / name), plain) for name in ("a", "b")}
    assert len(names | {catalogs.catalog_name(Home(tmp_path / "a"), moved)}) == 3


def test_another_jar_in_the_place_of_icebergs_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTFALL_MAVEN_REPOSITORY", str(tmp_path))
    assert installed.local_jar() is None
    path = installed.jar_path()
    assert path.is_relative_to(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another jar")
    with pytest.raises(FootfallError, match="SHA-256"):
        installed.local_jar()


@pytest.mark.parametrize(("prints", "says"), [('openjdk version "11.0.2"', "Java 11 was found"), ("", "was not found")])
def test_without_java_17_the_error_names_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prints: str, says: str
) -> None:
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho '{prints}' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(FootfallError) as raised:
        installed.require_java()
    assert says in raised.value.message and "openjdk-17-jre-headless" in str(raised.value.hint)


def test_the_command_without_spark_imports_nothing_of_it() -> None:
    code = (
        "import sys, footfall_cli, orchestration.run_job, footfall.transform.build_sources, footfall.spark.session\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('pyspark', 'pyiceberg', 'py4j')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_java_gets_one_collector_of_garbage(tmp_path: Path) -> None:
    def collectors(given: str) -> list[str]:
        return [option for option in java_options(tmp_path / "spark.log", given).split() if option.endswith("GC")]

    assert collectors("-Xss4m") == ["-XX:+UseParallelGC"]
    assert collectors("-Xss4m -XX:+UseG1GC") == ["-XX:+UseG1GC"]

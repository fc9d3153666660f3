"""What is elsewhere and does not answer is named at once, and secrets are neither in files nor in messages."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from footfall.core.errors import FootfallError, SettingsError
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from footfall.core.spark_settings import without_secrets
from footfall.spark import catalogs, reach
from footfall.spark.faults import SparkLost, catalog_refused, is_lost, require_answers

PASSWORD = "pa55-wörd"


def _settings(kind: str, warehouse: str | None = None, **options: str) -> Settings:
    return Settings(iceberg={"catalog": {"type": kind, "options": options}, "warehouse": warehouse})


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine at which nobody answers, held so that nobody else gets it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize(("kind", "options"), [
    ("rest", {"uri": f"http://me:{PASSWORD}@127.0.0.1:{{port}}/api"}),
    ("hive", {"uri": "thrift://127.0.0.1:{port},thrift://localhost:{port}"}),
    ("jdbc", {"uri": f"jdbc:postgresql://127.0.0.1:{{port}}/catalog?password={PASSWORD}"}),
    ("glue", {"glue.endpoint": "http://127.0.0.1:{port}"}),
    ("glue", {"s3.endpoint": "http://127.0.0.1:{port}"}),
])
def test_a_catalog_at_which_nobody_answers_is_named_without_its_password(kind, options, closed_port) -> None:
    options = {name: value.format(port=closed_port) for name, value in options.items()}
    start = time.monotonic()
    with pytest.raises(FootfallError) as raised:
        reach.require_catalog(_settings(kind, "s3://bucket/footfall", **options))
    assert time.monotonic() - start < 2 * reach.CONNECT_SECONDS
    text = f"{raised.value.message} {raised.value.where} {raised.value.hint}"
    assert f"127.0.0.1:{closed_port}" in text and f"type {kind}" in text and PASSWORD not in text


def test_catalogs_that_answer_or_are_a_file_pass(closed_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach.require_catalog(_settings("rest", uri=f"http://127.0.0.1:{port}"))
        reach.require_catalog(_settings("hive", uri=f"thrift://127.0.0.1:{closed_port},thrift://127.0.0.1:{port}"))
    reach.require_catalog(_settings("jdbc", uri="jdbc:sqlite:/data/catalog.db"))
    reach.require_catalog(Settings())


def test_a_spark_connect_at_which_nobody_answers_is_lost_and_its_token_is_not_shown(closed_port: int) -> None:
    settings = Settings(spark={"remote": f"sc://127.0.0.1:{closed_port}/;token={PASSWORD}"})
    with pytest.raises(SparkLost, match=rf"sc://127\.0\.0\.1:{closed_port}") as raised:
        reach.require_remote(settings)
    assert PASSWORD not in f"{raised.value} {settings!r}"


def test_an_error_of_a_statement_is_no_spark_that_has_ended_though_its_stack_names_the_gateway() -> None:
    """As dbt hands it on, with the stack of Java."""
    stack = "\n\tat scala.None$.get(Option.scala:627)\n  \tat py4j.GatewayConnection.run(GatewayConnection.java:108)\n"
    text = f"Runtime Error in model int_events\n  An error occurred while calling o674.sql.\n  : NoSuchElement{stack}"
    require_answers(Settings(), [text])
    assert not is_lost(RuntimeError(text))
    with pytest.raises(SparkLost, match="SparkContext was shut down"):
        require_answers(Settings(), [text, f"Job 3 cancelled because SparkContext was shut down{stack}"])


def test_work_that_never_ends_ends_in_an_error_and_other_work_in_its_result() -> None:
    never = threading.Event()
    with pytest.raises(FootfallError, match=r"The catalog has not answered within 0\.1 seconds"):
        reach.within(0.1, never.wait, "The catalog", "footfall.yml")
    assert reach.within(5, lambda: "done", "The catalog", "footfall.yml") == "done"
    with pytest.raises(ZeroDivisionError):
        reach.within(5, lambda: 1 // 0, "The catalog", "footfall.yml")
    never.set()


def test_a_warehouse_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    reach.require_warehouse(home, Settings())
    assert list(home.iceberg.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(FootfallError, match="The warehouse of Iceberg cannot be written to") as raised:
        reach.require_warehouse(home, _settings("hadoop", str(tmp_path / "file" / "warehouse")))
    assert raised.value.where == str(tmp_path / "file" / "warehouse")


@pytest.mark.parametrize("text", [
    f"spark:\n  remote: sc://spark.example:443/;use_ssl=true;token={PASSWORD}\n",
    f"iceberg:\n  catalog:\n    type: rest\n    options: {{uri: 'https://me:{PASSWORD}@catalog.example'}}\n",
    f"iceberg:\n  catalog:\n    type: rest\n    options: {{uri: 'https://c', header.Authorization: {PASSWORD}}}\n",
    f"iceberg:\n  catalog:\n    type: jdbc\n    options: {{uri: 'jdbc:mysql://c/x?password={PASSWORD}'}}\n",
])
def test_addresses_in_the_file_may_not_have_secrets(text: str, tmp_path: Path) -> None:
    (tmp_path / "footfall.yml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="secrets may not be in a file") as raised:
        load_settings(Home(tmp_path))
    assert "FOOTFALL_" in (raised.value.hint or "") and PASSWORD not in f"{raised.value} {raised.value.hint}"


def test_an_error_of_a_catalog_shows_none_of_its_secrets() -> None:
    settings = _settings("rest", uri="https://c", credential=f"me:{PASSWORD}", **{"s3.secret-access-key": "k3y/+"})
    with pytest.raises(FootfallError) as raised, catalog_refused(settings):
        raise RuntimeError(f"401: me:{PASSWORD} with k3y/+ at https://you:other@c/?token=abc&x=1 is refused")
    assert raised.value.message == (
        "The catalog of Iceberg refuses: 401: … with … at https://…@c/?token=…&x=1 is refused."
    )
    assert without_secrets("sc://host:1/;token=a;user_id=b") == "sc://host:1/;token=…;user_id=b"


def test_a_catalog_keeps_its_name_with_a_new_password_and_has_another_at_another_address(tmp_path: Path) -> None:
    home = Home(tmp_path)
    names = [
        catalogs.catalog_name(home, _settings("rest", "w", uri=uri, credential=credential, **more))
        for uri, credential, more in (
            ("https://me:one@c", "a", {}), ("https://me:two@c", "b", {"rest.client.max-retries": "9"}),
            ("https://d", "a", {}), ("https://me:one@c", "a", {"prefix": "other"}),
        )
    ]
    assert names[0] == names[1] and len(set(names)) == 3


@pytest.mark.parametrize(("options", "uri"), [
    ({"uri": "jdbc:sqlite:/data/a b.db"}, "sqlite:////data/a b.db"),
    (
        {"uri": "jdbc:postgresql://db:5432/catalog", "jdbc.user": "me@x", "jdbc.password": "p/w"},
        "postgresql+psycopg2://me%40x:p%2Fw@db:5432/catalog",
    ),
])
def test_pyiceberg_finds_the_database_of_a_jdbc_catalog(options: dict[str, str], uri: str, tmp_path: Path) -> None:
    spark = catalogs.catalog_options(Home(tmp_path), _settings("jdbc", "w", **options))
    assert spark["uri"] == options["uri"] and spark["jdbc.schema-version"] == "V1"
    read = catalogs.options_for_pyiceberg(spark)
    assert (read["type"], read["uri"]) == ("sql", uri)

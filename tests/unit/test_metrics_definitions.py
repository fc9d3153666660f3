"""The definitions are the one source of names, units and wording, and the answers keep what the catalogue promises."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from footfall import metrics
from footfall.core.sql_files import sql_files
from footfall.metrics.catalog import KINDS
from footfall.metrics.definitions import definitions, definitions_version
from footfall.metrics.layer import ANSWERS, answer
from footfall.metrics.question import Question
from tests.support.published import DEFINITIONS, event, published_from

ARROW = {
    "varchar": pa.string(), "varchar[]": pa.list_(pa.string()), "bigint": pa.int64(), "double": pa.float64(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"), "boolean": pa.bool_(),
}


@pytest.fixture(scope="module")
def con():
    return published_from([event("2026-06-01T10:00:00", "Live Stream Started", "ada", "l1", duration_seconds=60)])


@pytest.fixture(scope="module")
def seed():
    with DEFINITIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_column_of_every_answer_is_defined_with_its_unit(seed):
    units = {row["metric"]: row["unit"] for row in seed}
    wrong = [
        (spec.name, column.name) for spec in ANSWERS.values() for column in spec.columns
        if units.get(column.metric) != KINDS[column.kind][1]
    ]
    assert wrong == []


def test_every_definition_is_used_once_named_and_in_its_place(seed):
    used = {column.metric for spec in ANSWERS.values() for column in spec.columns}
    assert {row["metric"] for row in seed} == used
    assert [name for name, times in Counter(row["metric"] for row in seed).items() if times > 1] == []
    orders = [int(row["sort_order"]) for row in seed]
    assert orders == sorted(set(orders))


def test_definitions_are_sentences(seed):
    wrong = [row["metric"] for row in seed if not (row["title"] and row["definition"].strip().endswith("."))]
    assert wrong == []


def test_daily_numbers_are_named_by_the_same_definitions(con, seed):
    columns = {name for (name,) in con.execute(
        "select column_name from duckdb_columns() where table_name = 'agg_workspace_daily'"
    ).fetchall()}
    assert columns <= {row["metric"] for row in seed}


def test_every_answer_has_the_columns_and_types_it_promises_with_and_without_rows(con):
    outside = Question("expo", date(1999, 1, 1), date(1999, 1, 1))
    for question in (Question("expo"), outside):
        for name, spec in ANSWERS.items():
            schema = answer(con, name, question).schema
            assert [(f.name, f.type) for f in schema] == [(c.name, ARROW[c.type]) for c in spec.columns], name


def test_no_answer_holds_nan(con):
    for name in ANSWERS:
        table = answer(con, name, Question("expo"))
        for column in table.columns:
            if pa.types.is_floating(column.type):
                assert all(value is None or value == value for value in column.to_pylist()), name


def test_the_version_of_the_definitions_changes_with_their_wording(con):
    before = definitions_version(con)
    assert before == definitions_version(con)
    con.execute("update marts.metric_definitions set definition = definition || ' Ever.' where metric = 'visits'")
    assert definitions_version(con) != before
    assert definitions(con)["visits"].definition.endswith(" Ever.")


def test_every_answer_has_its_file_and_every_file_its_answer():
    assert set(sql_files("footfall.metrics", "sql/answers")) == set(ANSWERS)
    sizes = {file.name: len(file.read_text().splitlines()) for file in Path(metrics.__file__).parent.rglob("*.sql")}
    assert [name for name, lines in sizes.items() if lines > 120] == []

"""Fingerprints follow the content of one workspace and range, and cost what has changed."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from exports.plan.fingerprint import SOURCES, Span, fingerprints
from footfall.publishing.content import read_content
from tests.support.published import published

SPANS = [Span("a", None, None), Span("a", date(2026, 6, 1), date(2026, 6, 2)), Span("b", None, None)]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """Published tables of two workspaces: one visit a day from the first to the ninth of June."""
    con = published()
    con.execute(
        "insert into marts.fct_visits (visit_id, workspace_id, local_date, interactions)"
        " select w || d, w, date '2026-06-01' + d::integer, 1 from (values ('a'), ('b')) as t (w), range(9) as s (d)")
    return con


def prints(con: duckdb.DuckDBPyConnection, **more: object) -> list[str]:
    return fingerprints(con, SPANS, ["salt"] * len(SPANS), **more)


def changed(before: list[str], after: list[str]) -> list[bool]:
    return [one != other for one, other in zip(before, after, strict=True)]


def test_the_same_rows_in_another_order_have_the_same_fingerprint(con: duckdb.DuckDBPyConnection) -> None:
    before = prints(con)
    con.execute("create table again as select * from marts.fct_visits order by visit_id desc;"
                "delete from marts.fct_visits; insert into marts.fct_visits select * from again")
    assert prints(con) == before
    assert len(set(before)) == 3


@pytest.mark.parametrize(("sql", "which"), [
    ("update marts.fct_visits set interactions = 2 where visit_id = 'a0'", [True, True, False]),
    ("update marts.fct_visits set interactions = 2 where visit_id = 'a8'", [True, False, False]),
    ("update marts.fct_visits set interactions = 2 where visit_id = 'a2'", [True, True, False]),
    ("delete from marts.fct_visits where visit_id = 'b3'", [False, False, True]),
    ("insert into marts.dim_participants (workspace_id, user_id) values ('b', 'u')", [False, False, True]),
    ("insert into marts.fct_meeting_participants (workspace_id, user_id) values ('a', 'u')", [True, True, False]),
    ("update marts.fct_visits set visit_id = 'c' where workspace_id = 'c'", [False, False, False]),
])
def test_a_row_changes_the_spans_it_belongs_to_and_no_other(
    con: duckdb.DuckDBPyConnection, sql: str, which: list[bool]
) -> None:
    before = prints(con)
    con.execute(sql)
    assert changed(before, prints(con)) == which


def test_the_salt_of_a_span_changes_its_fingerprint_only(con: duckdb.DuckDBPyConnection) -> None:
    assert changed(prints(con), fingerprints(con, SPANS, ["salt", "other", "salt"])) == [False, True, False]


def test_fingerprints_of_chosen_workspaces_are_those_of_all(con: duckdb.DuckDBPyConnection) -> None:
    assert fingerprints(con, SPANS[:2], ["salt"] * 2, workspaces=["a"]) == prints(con)[:2]


def publish(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Path]:
    """Write `state.json` beside the published file, as publishing does."""
    state = json.dumps(read_content(con, "marts").to_json())
    (folder / "state.json").write_text(state, encoding="utf-8")
    return {"published": folder / "footfall.duckdb", "cache": folder / "warehouse" / "hashes.parquet"}


def test_only_dates_that_changed_are_read_again(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    plain = prints(con)
    places = publish(con, tmp_path)
    assert prints(con, **places) == plain
    # Rows that publishing did not see change are not read: the kept hashes are used.
    con.execute("update marts.fct_visits set interactions = 5 where visit_id = 'a1'")
    assert prints(con, **places) == plain
    con.execute("update marts.fct_visits set interactions = 7 where visit_id = 'b5'")
    con.execute("insert into marts.fct_visits (visit_id, workspace_id) values ('undated', 'a')")
    publish(con, tmp_path)
    fresh = prints(con)
    assert prints(con, **places) == fresh
    assert changed(plain, fresh) == [True, True, True]
    con.execute("delete from marts.fct_visits where workspace_id = 'b' or visit_id = 'a8'")
    publish(con, tmp_path)
    assert prints(con, **places) == prints(con)


@pytest.mark.parametrize("text", [b"", b"PAR1 cut", b"{}"])
def test_kept_hashes_that_cannot_be_read_are_made_again(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: bytes
) -> None:
    places = publish(con, tmp_path)
    plain = prints(con, **places)
    places["cache"].write_bytes(text)
    assert prints(con, **places) == plain
    assert len(places["cache"].read_bytes()) > 100


def test_hashes_kept_for_other_tables_are_not_used(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = publish(con, tmp_path)
    prints(con, **places)
    con.execute("update marts.fct_visits set interactions = 5 where visit_id = 'a1'")
    monkeypatch.setattr("exports.plan.fingerprint.SOURCES", SOURCES[:4])
    assert prints(con, **places) == prints(con)

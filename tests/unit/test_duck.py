"""DuckDB with little memory: on disk where that does, with all it had where it does not, and as before afterwards."""

import duckdb
import pytest

from footfall.core.database import connect, limited_memory, parsed, release_memory, with_full_memory
from footfall.core.settings import DuckDBSettings

#: A list has to be in memory as a whole.
NEEDS_ROOM = "select len(list(range || ' of many')) from range(3000000)"
LIMIT = "select current_setting('memory_limit')"


@pytest.fixture
def con(tmp_path):
    with connect(settings=DuckDBSettings(threads=1), temp=tmp_path) as opened:
        yield opened


def test_a_statement_that_does_not_fit_has_all_the_memory_there_was(con):
    with limited_memory(con, 16):
        with pytest.raises(duckdb.OutOfMemoryException):
            con.execute(NEEDS_ROOM).fetchall()
        assert with_full_memory(con, lambda: con.execute(NEEDS_ROOM).fetchall()) == [(3_000_000,)]
        assert con.execute(LIMIT).fetchall() == [("15.2 MiB",)], "and the next one has little again"


def test_what_does_not_fit_anyhow_is_the_error_it_was(con):
    con.execute("set memory_limit = '16MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        with_full_memory(con, lambda: con.execute(NEEDS_ROOM).fetchall())


def test_the_limit_comes_back_however_often(con):
    seen = set()
    for _ in range(5):
        with limited_memory(con, 64):
            pass
        seen.add(con.execute(LIMIT).fetchall()[0][0])
    assert len(seen) == 1


def test_little_is_never_more_than_there_was(con):
    bytes_ = "select parse_formatted_bytes(current_setting('memory_limit'))"
    con.execute("set memory_limit = '20MB'")
    with limited_memory(con, 256):
        assert con.execute(bytes_).fetchall()[0][0] <= 20_000_000
    with limited_memory(con, 16):
        assert con.execute(bytes_).fetchall()[0][0] <= 16_000_000


def test_less_inside_of_little_and_then_little_again(con):
    with limited_memory(con, 64):
        pass
    before = con.execute(LIMIT).fetchall()
    with limited_memory(con, 64):
        little = con.execute(LIMIT).fetchall()
        with limited_memory(con, 16):
            assert con.execute(LIMIT).fetchall() == [("15.2 MiB",)]
        assert con.execute(LIMIT).fetchall() == little
    assert con.execute(LIMIT).fetchall() == before


def test_what_was_read_of_a_file_can_be_let_go(tmp_path):
    held = "select sum(memory_usage_bytes) from duckdb_memory()"
    with connect(tmp_path / "many.duckdb") as con:
        con.execute("create table many as select hash(range) as one from range(5000000)")
    with connect(tmp_path / "many.duckdb", read_only=True) as con, limited_memory(con, 256):
        con.execute("select sum(one) from many").fetchall()
        assert con.execute(held).fetchall()[0][0] > 30_000_000
        release_memory(con)
        assert con.execute(held).fetchall()[0][0] < 16_000_000
        assert con.execute("select count(*) from many").fetchall() == [(5_000_000,)]


def test_a_statement_is_parsed_once_and_asked_with_other_values_and_connections(con):
    sql = "select $value::bigint + 1"
    assert parsed(con, sql) is parsed(con, sql)
    assert [con.execute(parsed(con, sql), {"value": value}).fetchall() for value in (1, 41)] == [[(2,)], [(42,)]]
    with connect() as other:
        assert other.execute(parsed(other, sql), {"value": 7}).fetchall() == [(8,)]

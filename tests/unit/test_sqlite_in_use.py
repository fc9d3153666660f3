"""Dagster's SQLite files are written to by `footfall ui` at any time: what it is writing is not damaged."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from footfall.core.checksums import VerifiedFiles
from footfall.core.home import Home
from orchestration.damage_looks import look_at_dagster

_PAGE = 4096


def test_a_file_whose_pages_are_still_in_its_log_is_not_damaged_and_one_without_them_is(tmp_path: Path) -> None:
    home = Home(tmp_path).ensure()
    path = home.dagster / "runs.db"
    con = sqlite3.connect(path)
    con.execute("pragma journal_mode = wal")
    con.execute("pragma wal_autocheckpoint = 0")
    con.execute("create table runs as select 1 as number union all select 2")
    con.commit()
    con.execute("pragma wal_checkpoint(truncate)")
    con.execute("update runs set number = number + 1")
    con.commit()
    # as it is in the middle of writing the log back: the page in the file is torn, the one in the log is whole
    file = os.open(path, os.O_RDWR)
    os.pwrite(file, b"\xa5" * _PAGE, _PAGE)
    assert list(look_at_dagster(home, VerifiedFiles(home), deep=True)) == []
    assert con.execute("select sum(number) from runs").fetchone() == (5,)
    con.close()
    os.pwrite(file, b"\xa5" * _PAGE, _PAGE)
    os.close(file)
    ((damaged, problem),) = look_at_dagster(home, VerifiedFiles(home), deep=True)
    assert damaged == path and problem.startswith("SQLite cannot read it")


def test_a_file_that_is_torn_while_it_is_written_to_without_a_log_is_not_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event of Dagster opens its file, writes its log back and removes it: no log is there between two events."""
    home = Home(tmp_path).ensure()
    path = home.dagster / "events.db"
    con = sqlite3.connect(path)
    con.execute("create table events as select 1 as number")
    con.commit()
    con.close()
    whole = path.read_bytes()[_PAGE:]
    torn = b"\xa5" * len(whole)
    writes = [torn, torn, whole]
    sleep = time.sleep

    def write(seconds: float = 0.0) -> None:
        """The writer has its turn whenever the one who looks pauses."""
        sleep(max(seconds, 0.01))
        if writes:
            with path.open("r+b") as file:
                file.seek(_PAGE)
                file.write(writes.pop(0))

    monkeypatch.setattr(time, "sleep", write)
    write()
    assert list(look_at_dagster(home, VerifiedFiles(home), deep=True)) == []
    assert not writes
    writes.append(torn)
    write()
    assert [problem for _, problem in look_at_dagster(home, VerifiedFiles(home), deep=True)]

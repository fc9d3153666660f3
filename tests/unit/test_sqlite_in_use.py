"""Dagster's SQLite files are written to by `footfall ui` at any time: what it is writing is not damaged."""

import os
import sqlite3
from pathlib import Path

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

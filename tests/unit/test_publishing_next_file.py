"""The file of the oldest version becomes the next one: the same rows as a copy, and never under a reader."""

import errno
import json
import os
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from footfall.core.errors import DiskFull
from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.publishing import next_file
from footfall.publishing.history import RunRecord
from footfall.publishing.next_file import is_unread
from footfall.publishing.publish import publish
from footfall.publishing.versions import list_versions
from tests.support.marts import change, commit, daily, event, ledger_row, make_home, rows

REUSING = Settings.model_validate({"publishing": {"keep_versions": 2, "reuse_above_mb": 0}})
COPYING = Settings.model_validate({"publishing": {"keep_versions": 2, "reuse_above_mb": None}})
DAYS = {day: date(2026, 11, day) for day in range(1, 6)}


def publish_night(home: Home, day: int, settings: Settings = REUSING, **more) -> Path:
    """Publish the marts after the load of a day; the file that readers open."""
    moment = datetime(2026, 11, day, 23, 30)
    publish(home, settings, run=RunRecord(f"run-{day}", "run", moment), published_at=moment, fingerprint="f", **{
        "changed_dates": [DAYS[day]], "built_since": day - 1, **more,
    })
    return home.published_file.resolve()


def night(home: Home, day: int, *statements: str, settings: Settings = REUSING, kind: str = "load", **more) -> Path:
    at = f"2026-11-{day:02d}"
    change(home, event(f"m{day}", f"{at} 10:00:00"), *daily(at, day), *statements)
    commit(home, day, at, kind=kind, events=[("w1", f"{at} 10:00:00")], files=[ledger_row(f"a{day}", 1)])
    return publish_night(home, day, settings, **more)


def begin(root: Path, settings: Settings = REUSING) -> Home:
    """A home with two published nights, the first of them with almost all rows."""
    home = make_home(root)
    many = event("m", "2026-11-01 10:00:00").replace("values (", "select ").rstrip(")")
    change(home, many.replace("'m'", "'m-' || i") + " from range(500) as t(i)")
    night(home, 1, settings=settings, changed_dates=None, built_since=None)
    night(home, 2, settings=settings)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return begin(tmp_path / "home")


def oldest(home: Home) -> os.stat_result:
    return (list_versions(home)[0] / "footfall.duckdb").stat()


def test_the_next_version_is_the_file_of_the_oldest_with_the_rows_of_a_copy(tmp_path: Path, home: Home):
    copied = begin(tmp_path / "copied", COPYING)
    undated = event("none", "2026-11-03 09:00:00").replace("'2026-11-03', 'open'", "null, 'open'")
    nights = {
        3: ("delete from fct_events where message_id = 'm2'", event("late", "2026-11-02 08:00:00"), undated,
            "insert into fct_meetings values ('w1', 'x', null, 30)"),
        4: ("update dim_workspaces set name = 'Two'", "delete from fct_events where local_date is null"),
    }
    for day, statements in nights.items():
        before = oldest(home)
        changed = [DAYS[day], DAYS[2]] if day == 3 else [DAYS[day]]
        reused = night(home, day, *statements, changed_dates=changed)
        night(copied, day, *statements, settings=COPYING, changed_dates=changed)
        assert reused.stat().st_ino == before.st_ino
        ours, theirs = (json.loads(one.current.read_text()) for one in (home, copied))
        assert (ours["hashes"], ours["tables"]) == (theirs["hashes"], theirs["tables"])
        assert len(list_versions(home)) == 2
        table = "fct_events"
        glob = home.published / "marts" / table / "*.parquet"
        count = "select count(*), sum(hash(t)) from {} as t"
        assert rows(reused, count.format(f"marts.{table}")) == rows(reused, count.format(f"read_parquet('{glob}')"))
    assert rows(home.published_file, "select count(*) from marts.fct_events where local_date is null") == [(0,)]
    assert not list(home.published.rglob("*.tmp")) and not list(home.published.rglob("*.wal"))


def test_a_file_that_somebody_reads_is_left_to_them(home: Home):
    path = list_versions(home)[0] / "footfall.duckdb"
    with duckdb.connect(str(path), read_only=True) as reader:
        assert not is_unread(path)
        inode = path.stat().st_ino
        assert night(home, 3).stat().st_ino != inode
        assert reader.execute("select count(*) from marts.fct_events").fetchall() == [(501,)]
    assert is_unread(home.published_file)


def test_a_file_that_was_changed_or_has_another_name_is_not_used(home: Home, tmp_path: Path):
    path = list_versions(home)[0] / "footfall.duckdb"
    os.link(path, tmp_path / "backup.duckdb")
    kept = (tmp_path / "backup.duckdb").read_bytes()
    assert night(home, 3).stat().st_ino != (tmp_path / "backup.duckdb").stat().st_ino
    assert (tmp_path / "backup.duckdb").read_bytes() == kept
    path = list_versions(home)[0] / "footfall.duckdb"
    inode = path.stat().st_ino
    with duckdb.connect(str(path)) as con:
        con.execute("delete from marts.fct_events")
    path = night(home, 4)
    assert path.stat().st_ino != inode
    assert rows(path, "select count(*) from marts.fct_events") == [(504,)]


def test_no_bytes_of_before_an_erasure_or_of_other_definitions_are_used(home: Home):
    before = oldest(home)
    assert night(home, 3, kind="erasure").stat().st_ino != before.st_ino
    before = oldest(home)
    assert night(home, 4, changed_dates=None).stat().st_ino != before.st_ino
    before = oldest(home)
    assert night(home, 5, "alter table fct_events add column more integer").stat().st_ino != before.st_ino
    assert rows(home.published_file, "select count(more) from marts.fct_events") == [(0,)]


def test_the_oldest_version_stays_where_nothing_changed(home: Home):
    found = [path.name for path in list_versions(home)]
    current = publish_night(home, 3, built_since=2)
    assert [path.name for path in list_versions(home)] == found
    assert current.parent.name == found[-1]


def test_a_full_disk_while_rows_are_replaced_leaves_what_is_published(home: Home, monkeypatch: pytest.MonkeyPatch):
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(next_file, "_replace", fill)
        with pytest.raises(DiskFull):
            night(home, 3)
    assert rows(home.published_file, "select count(*) from marts.fct_events") == [(502,)]
    assert rows(publish_night(home, 3, built_since=2), "select count(*) from marts.fct_events") == [(503,)]
    assert not list(home.published.rglob("*.tmp"))

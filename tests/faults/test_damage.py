"""Files of a home that are damaged, cut or gone: each is named by the doctor, and the next run makes it again."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from footfall.core import lock
from footfall.core.errors import FootfallError
from footfall.core.home import HOME_VERSION, Home
from footfall.core.settings import load_settings
from footfall.ingestion.ledger.ledger import read_lake
from footfall.publishing.damage import published_files, published_seq
from footfall.publishing.publish import read_previous
from orchestration.damage import find_damage, heal, look_for_damage
from orchestration.pending_work import find_pending_work, lake_head
from tests.conftest import Answer

Command = Callable[..., Answer]


def _flip(path: Path) -> None:
    """Other bytes within a file, in a DuckDB file at many places, since some of its blocks are free; its size stays."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        for tenth in range(2, 10) if path.suffix == ".duckdb" else (4,):
            file.seek(size * tenth // 10)
            file.write(b"\xa5" * 8)


def _first(home: Home, pattern: str) -> Path:
    return sorted(home.root.glob(pattern))[0]


#: Fault: pattern of the file, and what is done to it.
FAULTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "events of the lake gone": ("lake/events/*/*.parquet", Path.unlink),
    "events of the lake flipped": ("lake/events/*/*.parquet", _flip),
    "keys cut": ("lake/keys/*.parquet", lambda path: os.truncate(path, 100)),
    "entities gone": ("lake/entities/*/*/*.parquet", Path.unlink),
    "a commit cut": ("lake/commits/*.json", lambda path: os.truncate(path, 40)),
    "a commit gone": ("lake/commits/*.json", Path.unlink),
    "warehouse flipped": ("warehouse/warehouse.duckdb", _flip),
    "marts flipped": ("warehouse/marts.duckdb", _flip),
    "published file flipped": ("published/versions/*/footfall.duckdb", _flip),
    "published file gone": ("published/versions/*/footfall.duckdb", Path.unlink),
    "published Parquet gone": ("published/versions/*/marts/fct_visits/*.parquet", Path.unlink),
    "published Parquet flipped": ("published/versions/*/marts/fct_visits/*.parquet", _flip),
    "public link gone": ("published/footfall.duckdb", Path.unlink),
    "link to the version gone": ("published/current", Path.unlink),
    "current.json cut": ("published/versions/*/current.json", lambda path: os.truncate(path, 30)),
    "state.json gone": ("published/versions/*/state.json", Path.unlink),
    "current.json gone": ("published/versions/*/current.json", Path.unlink),
    "files.json gone": ("published/versions/*/files.json", Path.unlink),
    "manifest gone": ("exports/*/*/manifest.json", Path.unlink),
    "a folder in the manifest's place": ("exports/*/*/manifest.json", lambda path: (path.unlink(), path.mkdir())),
    "a run's record cut": ("lake/history/runs/*.json", lambda path: os.truncate(path, 30)),
    "Dagster's history garbage": ("dagster/history/runs.db", lambda path: path.write_bytes(b"garbage" * 99)),
    "report cut": ("exports/*/*/report.html", lambda path: os.truncate(path, 1_000)),
    "workbook gone": ("exports/*/*/interaction_stats.xlsx", Path.unlink),
    "manifest cut": ("exports/*/*/manifest.json", lambda path: os.truncate(path, 50)),
}


@pytest.fixture(params=FAULTS)
def damaged(request: pytest.FixtureRequest, demo_copy: Home) -> Iterator[tuple[Home, Path]]:
    pattern, damage = FAULTS[request.param]
    path = _first(demo_copy, pattern)
    damage(path)
    yield demo_copy, path


def test_a_whole_home_has_no_damage(demo_home: Home) -> None:
    assert find_damage(demo_home, deep=True) == []


def test_the_doctor_and_status_name_every_damaged_file(footfall: Command, damaged: tuple[Home, Path]) -> None:
    home, path = damaged
    answer = footfall("doctor", "--home", home.root, "--json")
    findings = [one for one in answer.document["findings"] if not one["is_ok"]]
    assert answer.code == 1
    assert any(path.name in one["found"] for one in findings)
    assert all("footfall run" in one["hint"] for one in findings)
    status = footfall("status", "--home", home.root, "--json")
    assert status.code == 0
    assert any(path.name in one["file"] for one in status.document["damage"])
    assert path.name in footfall("status", "--home", home.root).out


def test_looking_changes_nothing_and_a_run_at_work_is_no_damage(footfall: Command, demo_copy: Home) -> None:
    cache = demo_copy.warehouse / "verified.json"
    cache.unlink()
    with duckdb.connect(str(demo_copy.warehouse_file)), lock.hold(demo_copy, "a test"):
        doctor = footfall("doctor", "--home", demo_copy.root, "--json")
        status = footfall("status", "--home", demo_copy.root, "--json")
    assert (doctor.code, status.document["damage"]) == (0, [])
    assert "while a run works" in doctor.out
    assert footfall("doctor", "--home", demo_copy.root, "--deep").code == 0
    assert not cache.exists()


def test_a_file_that_another_program_holds_is_not_damaged(demo_copy: Home) -> None:
    path = demo_copy.published_file.resolve()
    script = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "open\n"
        assert find_damage(demo_copy, deep=True) == []
        holder.stdin.close()


def test_bytes_that_rot_without_a_new_time_of_change_are_found_by_the_deep_look_only(demo_copy: Home) -> None:
    assert find_damage(demo_copy) == []
    path = _first(demo_copy, "lake/events/*/*.parquet")
    before = path.stat()
    _flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert find_damage(demo_copy) == []
    # the doctor's look, after which the next run sees it too
    assert [one.path for one in look_for_damage(demo_copy, deep=True) or []] == [path]
    assert [one.path for one in find_damage(demo_copy)] == [path]


def _contents(home: Home) -> dict[str, str]:
    previous = read_previous(home)
    assert previous is not None
    return {name: table.hash for name, table in previous.content.tables.items()}


@pytest.mark.parametrize("group", [
    ("published file flipped", "public link gone", "report cut", "a run's record cut", "Dagster's history garbage"),
    ("warehouse flipped", "marts flipped", "current.json cut", "manifest cut"),
    ("events of the lake gone", "keys cut"),
    ("a commit gone",),
])
def test_the_next_run_makes_it_again_to_the_same_tables(footfall: Command, demo_copy: Home, group: tuple) -> None:
    before = _contents(demo_copy)
    report = _first(demo_copy, "exports/*/*/report.html").read_bytes()
    for name in group:
        pattern, damage = FAULTS[name]
        paths = sorted(demo_copy.root.glob(pattern))
        damage(paths[-1] if "commit" in name else paths[0])
    answer = footfall("run", "--home", demo_copy.root, "--json")
    assert answer.code == 0, answer.err
    assert len(answer.document["damage"]) >= len(group)
    assert _contents(demo_copy) == before
    assert _first(demo_copy, "exports/*/*/report.html").read_bytes() == report
    assert find_damage(demo_copy, deep=True) == []
    assert footfall("run", "--home", demo_copy.root, "--json").document["outcome"] == "nothing_new"


def test_a_lost_link_hides_nothing_and_a_lake_that_is_damaged_with_it_is_loaded_again(demo_copy: Home) -> None:
    lost = [_first(demo_copy, "lake/events/*/*.parquet"), _first(demo_copy, "published/versions/*/files.json")]
    for path in (*lost, demo_copy.published / "current"):
        path.unlink()
    damage = find_damage(demo_copy)
    assert {one.path for one in damage} == {*lost, demo_copy.published / "current"}
    settings = load_settings(demo_copy)
    heal(demo_copy, settings, damage)
    # as before any load: everything is loaded, checked and published once more
    work = find_pending_work(demo_copy, settings)
    assert (published_seq(demo_copy), lake_head(demo_copy)) == (0, 0)
    assert len(work.load_dates) == len(list((demo_copy.landing / "events").iterdir()))
    assert (demo_copy.published / "current").is_dir()


def test_a_commit_that_is_gone_with_a_link_is_missed(demo_copy: Home) -> None:
    newest = sorted(demo_copy.commits.glob("*.json"))[-1]
    for path in (newest, demo_copy.current):
        path.unlink()
    assert {one.path for one in find_damage(demo_copy)} == {newest, demo_copy.current}
    # what was loaded is known from the published ledger, also without the link
    assert len(published_files(demo_copy)) >= len(list(demo_copy.landing.rglob("*.jsonl*")))


def test_what_landing_no_longer_has_is_named_and_nothing_is_changed(footfall: Command, demo_copy: Home) -> None:
    path = _first(demo_copy, "lake/events/*/*.parquet")
    shutil.rmtree(demo_copy.landing / "events" / path.parent.name)
    path.unlink()
    answer = footfall("run", "--home", demo_copy.root, "--json")
    assert answer.code == 1
    assert "gone, such as landing/events/" in answer.document["error"]["message"]
    assert "backup" in answer.document["error"]["hint"]
    assert read_previous(demo_copy) is not None
    doctor = footfall("doctor", "--home", demo_copy.root, "--json")
    assert any("backup" in one["hint"] for one in doctor.document["findings"] if not one["is_ok"])


def test_a_backup_of_lake_settings_and_key_is_enough(footfall: Command, demo_home: Home, tmp_path: Path) -> None:
    restored = Home(tmp_path / "restored")
    restored.root.mkdir()
    shutil.copytree(demo_home.lake, restored.lake)
    for file in (demo_home.settings_file, demo_home.key_file):
        if file.exists():
            shutil.copy2(file, restored.root)
    answer = footfall("run", "--home", restored.root)
    assert answer.code == 0, answer.err
    assert _contents(restored) == _contents(demo_home)


@pytest.mark.parametrize("command", ["run", "status", "backfill", "export"])
def test_a_home_of_a_newer_version_is_refused(footfall: Command, demo_copy: Home, command: str) -> None:
    (demo_copy.lake / "version").write_text(f"{HOME_VERSION + 1}\n")
    dates = ("--from", "2026-01-01", "--to", "2026-01-02") if command == "backfill" else ()
    answer = footfall(command, "--home", demo_copy.root, "--json", *dates)
    assert answer.code == 2
    assert f"version {HOME_VERSION + 1}" in answer.document["error"]["message"]
    assert json.loads(demo_copy.current.read_text())["tables"]


@pytest.fixture
def old_home(tmp_path: Path) -> Home:
    """A home that the first version made (commit 7e8dc7b), of 8 participants and 2 days, without its warehouse."""
    with tarfile.open(Path(__file__).parents[1] / "fixtures" / "home_version_1.tar.gz") as archive:
        archive.extractall(tmp_path / "old", filter="data")
    return Home(tmp_path / "old")


def test_of_a_home_of_version_1_whose_landing_is_gone_everything_stays(footfall: Command, old_home: Home) -> None:
    loaded = sum(row["loaded"] for row in read_lake(old_home).ledger)
    shutil.rmtree(old_home.landing)
    old_home.landing.mkdir()
    answer = footfall("run", "--home", old_home.root, "--json")
    assert answer.code == 0, answer.err
    assert "stays as that version validated it" in answer.err
    assert sum(row["loaded"] for row in read_lake(old_home).ledger) == loaded > 1_000


@pytest.mark.parametrize("name", [
    "metrics/footfall.prom", "metrics/last_run.json", "logs/footfall.log", "warehouse/export_hashes.parquet",
    "warehouse/export_folders",
    "warehouse/dbt/manifest.json", "warehouse/dbt/partial_parse.msgpack", "warehouse/dbt/kept_manifest",
    "exports/index.html", "published/checks.html",
])
def test_a_folder_in_the_place_of_a_file_that_a_run_writes_is_set_aside(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / "home").ensure()
    (home.root / name).mkdir(parents=True)
    (home.root / name / "mine").touch()
    heal(home, load_settings(home), [])
    assert not (home.root / name).exists()
    (aside,) = (home.root / name).parent.glob("*.damaged-*")
    assert (aside / "mine").exists()


def test_a_folder_in_the_place_of_the_lock_or_of_a_link_is_found(demo_copy: Home) -> None:
    demo_copy.lock_file.unlink(missing_ok=True)
    demo_copy.lock_file.mkdir()
    with lock.hold(demo_copy, "a test"):
        assert demo_copy.lock_file.is_file()
    demo_copy.published_file.unlink()
    demo_copy.published_file.mkdir()
    damage = find_damage(demo_copy)
    assert [one.path for one in damage] == [demo_copy.published_file]
    with pytest.raises(FootfallError, match="name is taken"):
        heal(demo_copy, load_settings(demo_copy), damage)

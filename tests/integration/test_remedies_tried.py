"""What a message asks people to do works: remedies that no other test tries, tried on a home."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.ingestion.landing.files import discover
from footfall.ingestion.landing.hashes import known_hashes, remember_hashes
from footfall.observability.attempts import Attempt, note_attempt
from tests.conftest import Answer
from tests.support.lake import DAY, Lake, line

Command = Callable[..., Answer]


def test_a_full_refresh_mends_what_a_data_test_of_the_build_found(footfall: Command, demo_copy: Home) -> None:
    with connect(demo_copy.warehouse_file) as con:
        found = con.execute("""
            insert into intermediate.int_events
            select * from intermediate.int_events where is_keep_alive and user_id is not null
            order by occurred_at desc, message_id limit 1
            returning workspace_id, device_id, user_id, occurred_at
        """).fetchall()
    (workspace, device, user, occurred_at), = found
    moment = f"{occurred_at.isoformat(timespec='milliseconds')}Z"
    late = demo_copy.landing / "events" / "2026-09-28" / "late.jsonl"
    late.parent.mkdir(parents=True)
    late.write_text(json.dumps({
        "messageId": "late", "event": "Home", "userId": user, "timestamp": moment, "receivedAt": moment,
        "context": {"groupId": workspace, "device": {"id": device}},
    }) + "\n", encoding="utf-8")
    failed = footfall("run", "--home", demo_copy.root, "--json")
    assert failed.code == 3
    assert "`footfall run --full-refresh`" in failed.document["error"]["hint"]
    done = footfall("run", "--home", demo_copy.root, "--full-refresh", "--json")
    assert done.code == 0, done.err
    published = demo_copy.published / "footfall.duckdb"
    with connect(published, read_only=True) as con:
        counted = "select count(*), count(distinct (workspace_id, message_id)) from marts.fct_events"
        rows, events = con.execute(counted).fetchall()[0]
        assert rows == events
        assert con.execute("select count(*) from marts.fct_events where message_id = 'late'").fetchall() == [(1,)]
    assert footfall("run", "--home", demo_copy.root, "--json").document["outcome"] == "nothing_new"


def test_each_message_of_a_place_without_a_home_leads_to_published_tables(footfall: Command, tmp_path: Path) -> None:
    root = tmp_path / "expo"
    refused = footfall("run", "--home", root, "--json")
    assert refused.code == 2 and "`footfall init --home DIR`" in refused.document["error"]["hint"]
    found = footfall("doctor", "--home", root, "--json").document["findings"]
    assert f"`footfall init --home {root}`" in json.dumps(found)
    assert footfall("init", "--home", root, "--json").code == 0
    assert "`footfall sample`" in footfall("run", "--home", root).out
    assert "`footfall run`" in footfall("status", "--home", root).out
    unpublished = footfall("export", "--home", root, "--json")
    assert unpublished.code == 1 and "`footfall run`" in unpublished.document["error"]["hint"]
    wrong = footfall("sample", "--home", root, "--days", "0", "--json")
    assert wrong.code == 2 and "`footfall sample --help`" in wrong.document["error"]["hint"]
    assert "--days" in footfall("sample", "--help").out
    assert footfall("sample", "--home", root, "--workspaces", "1", "--participants", "6", "--days", "1").code == 0
    assert footfall("run", "--home", root, "--json").code == 0
    assert "Nothing is published yet" not in footfall("status", "--home", root).out
    assert footfall("export", "--home", root, "--json").code == 0


def test_a_settings_file_that_cannot_be_read_is_repaired_by_the_example_of_init(
    footfall: Command, tmp_path: Path
) -> None:
    root, other = tmp_path / "home", tmp_path / "other"
    assert footfall("init", "--home", root).code == 0
    (root / "footfall.yml").write_text("limits: [", encoding="utf-8")
    broken = footfall("status", "--home", root, "--json")
    assert broken.code == 2 and "`footfall init --home DIR`" in broken.document["error"]["hint"]
    assert footfall("init", "--home", other).code == 0
    (other / "footfall.yml").replace(root / "footfall.yml")
    assert footfall("status", "--home", root, "--json").code == 0


@pytest.mark.parametrize("command", [
    ("export", "--workspace", "Nope"), ("export", "--warehouse", "--workspace", "Nope"),
    ("erase", "--workspace", "Nope", "--user", "u1"),
], ids=["export", "warehouse", "erase"])
def test_status_lists_the_workspaces_that_an_unknown_id_asks_for(
    footfall: Command, demo_copy: Home, command: tuple[str, ...]
) -> None:
    refused = footfall(*command, "--home", demo_copy.root, "--json")
    assert refused.code == 2
    assert "`footfall status`" in refused.document["error"]["hint"]
    with connect(demo_copy.published / "footfall.duckdb", read_only=True) as con:
        published = [row[0] for row in con.execute("select workspace_id from marts.dim_workspaces").fetchall()]
    status = footfall("status", "--home", demo_copy.root).out
    assert published and all(workspace in status for workspace in published)


def test_quarantine_lists_what_a_warning_about_settings_points_to(footfall: Command, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [
        {"workspace_id": "expo", "anonymization": "fully"}, '{"workspace_id": "summit", "anonymization": "full"',
    ], kind="entities")
    warnings = " ".join(lake.load().warnings)
    assert "`footfall quarantine list --repaired`" in warnings and "see `footfall quarantine list`" in warnings
    repaired = footfall("quarantine", "list", "--home", tmp_path, "--repaired", "--json").document["rows"]
    assert [(row["field"], row["problem"]) for row in repaired] == [("anonymization", "unknown_value")]
    rejected = footfall("quarantine", "list", "--home", tmp_path, "--json").document["rows"]
    assert [row["reason"] for row in rejected] == ["malformed_json"]


def test_a_file_that_is_put_back_lets_a_backfill_take_the_new_version_of_another(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first = lake.land("a.jsonl", [line("m1")])
    lake.land("b.jsonl", [line("m2")])
    lake.load()
    kept = first.read_bytes()
    first.unlink()
    lake.land("b.jsonl", [line("m2"), line("m3")])
    assert f"`footfall backfill --from {DAY} --to {DAY}`" in " ".join(lake.load().warnings)
    first.write_bytes(kept)
    lake.backfill(DAY, DAY)
    assert {message for _, message in lake.live()} == {"m1", "m2", "m3"}


def test_titles_that_an_erasure_asks_about_are_decided_as_it_says(footfall: Command, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text("exports:\n  formats: [csv]\n", encoding="utf-8")
    entities = home.landing / "entities" / DAY
    entities.mkdir(parents=True)
    people = {"ann": ("Zoë", "Müller"), "ben": ("Ben", "Okafor")}
    rows = [{"workspace_id": "expo", "user_id": user, "first_name": first, "last_name": last}
            for user, (first, last) in people.items()]
    (entities / "participants.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    titles = {"s1": "Talk by Zoë Müller", "s2": "Fireside with Zoë Müller", "s3": "Keynote"}
    rows = [{"workspace_id": "expo", "content_type": "agenda_session", "content_id": name, "title": title}
            for name, title in titles.items()]
    (entities / "content.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    events = home.landing / "events" / DAY
    events.mkdir(parents=True)
    (events / "a.jsonl").write_text(
        "".join(json.dumps(line(f"m{n}", userId=user)) + "\n" for n, user in enumerate(people)), encoding="utf-8"
    )
    assert footfall("run", "--home", home.root).code == 0
    asked = footfall("erase", "--home", home.root, "--workspace", "expo", "--user", "ann", "--yes", "--json")
    assert asked.code == 1, asked.err
    assert "`footfall erase --resume --decisions FILE`" in asked.err
    questions = home.lake / "erasures" / "000001.questions.csv"
    text = questions.read_text(encoding="utf-8")
    answers = tmp_path / "answers.csv"
    answers.write_text(
        "".join(row + ("erase" if "Talk by" in row else "") + "\n" for row in text.splitlines()), encoding="utf-8"
    )
    partly = footfall("erase", "--home", home.root, "--resume", "--decisions", answers, "--json")
    assert partly.code == 1 and "`footfall erase --resume --titles keep`" in partly.err
    done = footfall("erase", "--home", home.root, "--resume", "--titles", "keep", "--json")
    assert done.code == 0, done.err
    with connect(home.published_file, read_only=True) as con:
        found = dict(con.execute("select content_id, title from marts.dim_content order by content_id").fetchall())
    assert found == {**titles, "s1": "(erased)"}
    assert not questions.exists()


def _named(footfall: Command, home: Home, name: str) -> dict[str, str]:
    """What the doctor finds wrong under a name, with what to do."""
    found = footfall("doctor", "--home", home.root, "--json").document["findings"]
    return {one["found"]: one["hint"] for one in found if one["name"] == name and not one["is_ok"]}


def test_a_run_writes_the_state_files_again_that_the_doctor_names_and_ends_a_failed_night(
    footfall: Command, demo_copy: Home
) -> None:
    home = demo_copy
    files = ("warehouse/finished.json", "warehouse/verified.json", "metrics/last_run.json")
    failed_at = datetime.now(UTC)
    note_attempt(home, Attempt("run", "failed", failed_at, failed_at, "the disk was full"))
    for name in (*files, "lake/seen.json", "dagster/dagster.yaml"):
        (home.root / name).unlink(missing_ok=True)
        (home.root / name).write_text("a: [", encoding="utf-8")
    wrong = _named(footfall, home, "state file")
    assert len(wrong) == len(files) + 2, wrong
    (hint,) = _named(footfall, home, "last night").values()
    assert "`footfall run`" in hint
    (hint,) = [hint for found, hint in wrong.items() if found.startswith("lake/seen.json")]
    assert "emove it" in hint
    (home.root / "lake" / "seen.json").unlink()
    done = footfall("run", "--home", home.root, "--json")
    assert done.code == 0, done.err
    assert _named(footfall, home, "state file") == _named(footfall, home, "last night") == {}
    assert all((home.root / name).is_file() for name in (*files, "dagster/dagster.yaml"))


def test_the_hashes_that_a_load_remembers_are_no_damage_and_are_read_again(footfall: Command, tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("a.jsonl", [line("m1")])
    lake.load()
    (file,) = discover(lake.home, lake.settings)[0]
    remember_hashes(lake.home, [replace(file, path="landing/other.jsonl", sha256="0" * 64)])
    assert known_hashes(lake.home, [])["landing/other.jsonl", file.size, file.mtime_ns] == "0" * 64
    assert _named(footfall, lake.home, "state file") == {}


def test_a_run_names_all_landing_files_of_which_the_doctor_names_some(footfall: Command, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").ensure()
    folder = home.landing / "events" / DAY
    folder.mkdir(parents=True)
    names = [f"notes{number}.docx" for number in range(12)]
    for name in names:
        (folder / name).write_text("x", encoding="utf-8")
    wrong = _named(footfall, home, "landing file")
    assert not all(name in " ".join(wrong) for name in names)
    assert wrong["and 2 more"] == "`footfall run` names them as warnings."
    warnings = " ".join(footfall("run", "--home", home.root, "--json").document["warnings"])
    assert all(name in warnings for name in names)


def test_a_state_of_another_form_and_a_database_that_rotted_are_repaired_as_status_says(
    footfall: Command, demo_copy: Home
) -> None:
    home = demo_copy
    published = home.published_file.resolve()
    before = published.stat()
    published.write_bytes(published.read_bytes()[:20_000] + b"\xa5" * (before.st_size - 20_000))
    os.utime(published, ns=(before.st_atime_ns, before.st_mtime_ns))
    refused = footfall("export", "--home", home.root, "--json")
    assert refused.code == 1
    hint = refused.document["error"]["hint"]
    assert "`footfall doctor --deep`" in hint and "the next `footfall run` repairs it" in hint
    assert footfall("run", "--home", home.root, "--json").document["outcome"] == "nothing_new"
    deep = footfall("doctor", "--home", home.root, "--deep", "--json").document["findings"]
    assert any(published.name in one["found"] for one in deep if not one["is_ok"])
    home.current.write_text('{"lake_seq": "a", "tables": 3}', encoding="utf-8")
    (problem,) = footfall("status", "--home", home.root, "--json").document["problems"]
    assert "Run `footfall run`" in problem["hint"]
    assert footfall("run", "--home", home.root, "--json").code == 0
    assert footfall("status", "--home", home.root, "--json").document["problems"] == []
    assert footfall("export", "--home", home.root, "--json").code == 0

"""Runs apply retention, and leave a home that only its owner can read."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.core.state_files import read_json, write_json
from tests.conftest import DEMO_SETTINGS, Answer

Command = Callable[..., Answer]
RETENTION = "retention: {landing_days: 1, lake_days: 1, quarantine_days: 1, published_days: 1, exports_days: 1}\n"


def _modes(home: Home) -> set[tuple[bool, int]]:
    """Kind (folder or not) and mode of everything in the home."""
    paths = [path for path in (home.root, *home.root.rglob("*")) if not path.is_symlink()]
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}


def _events(home: Home) -> int:
    with connect(home.published_file.resolve(), read_only=True) as con:
        return con.execute("select count(*) from marts.fct_events").fetchall()[0][0]


def _rows(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_home_made_by_the_command_is_its_owners_alone(demo_home: Home) -> None:
    assert _modes(demo_home) == {(True, 0o700), (False, 0o600)}


def test_the_next_run_closes_a_home_that_was_open_and_doctor_tells_of_it(demo_copy: Home, footfall: Command) -> None:
    for path in (demo_copy.root, *demo_copy.root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    answer = footfall("doctor", "--home", demo_copy.root)
    assert answer.code == 1 and "are open to others, such as" in answer.out
    run = footfall("run", "--home", demo_copy.root, "--json")
    assert (run.code, run.document["outcome"]) == (0, "nothing_new")
    narrow = {path for path in _rows(demo_copy.root) if stat.S_IMODE(path.lstat().st_mode) != 0o600}
    assert {path.name for path in narrow if not path.is_symlink()} <= {"sample.json", "sample_answer_key.jsonl.gz"}
    assert footfall("doctor", "--home", demo_copy.root).code == 0


def test_a_wrong_audience_or_number_of_days_is_told(demo_copy: Home, footfall: Command) -> None:
    before = demo_copy.current.read_bytes()
    for text in ("access: {published: all}", "retention: {lake_days: 0}", "retention: {days: 3}"):
        demo_copy.settings_file.write_text(text, encoding="utf-8")
        run = footfall("run", "--home", demo_copy.root)
        assert run.code == 2 and f"The setting `{text.split(':')[0]}." in run.err
    assert demo_copy.current.read_bytes() == before


def test_a_night_with_nothing_new_lets_go_what_is_old_and_the_facts_stay(demo_copy: Home, footfall: Command) -> None:
    demo_copy.settings_file.write_text(DEMO_SETTINGS + RETENTION, encoding="utf-8")
    folder = next(demo_copy.exports.glob("*/event"))
    once = folder.with_name("2026-09-08_2026-09-09")
    folder.rename(once)
    _forget(demo_copy, folder, once)
    os.utime(once / "manifest.json", (0, 0))
    events = _events(demo_copy)
    ledger = footfall("status", "--home", demo_copy.root, "--json").document["ledger"]

    run = footfall("run", "--home", demo_copy.root, "--json")
    let_go = run.document["retention"]
    assert run.code == 0 and run.document["outcome"] == "nothing_new"
    assert min(let_go[name] for name in ("landing_files", "lake_files", "quarantine_files", "export_folders")) > 0
    assert let_go["published_versions"] == 0, "the only one is the current one"
    assert not [path for path in _rows(demo_copy.landing) if path.suffix == ".jsonl" and "workspaces" in path.name]
    assert not _rows(demo_copy.lake / "events") and _rows(demo_copy.lake / "keys")
    assert not once.exists()

    again = footfall("run", "--home", demo_copy.root, "--json").document
    assert again["outcome"] == "nothing_new" and not any(again["retention"].values())
    after = footfall("status", "--home", demo_copy.root, "--json").document["ledger"]
    assert (_events(demo_copy), after) == (events, ledger)

    refused = footfall("run", "--home", demo_copy.root, "--full-refresh", "--json")
    assert refused.code == 1 and "retention.lake_days" in refused.document["error"]["message"]
    assert _events(demo_copy) == events

    _land_late(demo_copy)
    night = footfall("run", "--home", demo_copy.root, "--json")
    assert night.code == 0, night.err
    assert (night.document["lines"]["loaded"], _events(demo_copy)) == (1, events + 1), "a late event finds the old ones"


def _forget(home: Home, old: Path, new: Path) -> None:
    path = home.warehouse / "finished.json"
    text = json.dumps(read_json(path))
    write_json(path, json.loads(text.replace(str(old.relative_to(home.root)), str(new.relative_to(home.root)))))


def _land_late(home: Home) -> None:
    """One event of a day whose raw data are gone, of a device that was at work then."""
    with connect(home.published_file.resolve(), read_only=True) as con:
        workspace, device, user, at = con.execute(
            "select workspace_id, device_id, user_id, max(occurred_at) from marts.fct_events "
            "where user_id is not null and kind = 'interaction' group by all order by all limit 1"
        ).fetchall()[0]
    folder = home.landing / "events" / "2026-09-20"
    folder.mkdir(parents=True)
    (folder / "late.jsonl").write_text(json.dumps({
        "messageId": "late-1", "type": "track", "event": "Late", "userId": user, "timestamp": f"{at.isoformat()}Z",
        "context": {"groupId": workspace, "device": {"id": device}, "os": {"name": "iOS"}},
    }) + "\n", encoding="utf-8")

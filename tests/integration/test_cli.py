"""The command line as people meet it: help, examples, JSON, exit codes, and errors without a traceback."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from footfall.core import lock
from footfall.core.alert_settings import MailAlerts
from footfall.core.explain import explain
from footfall.core.home import Home
from footfall.core.secret import key_id
from footfall.core.settings import Settings, load_settings
from footfall.ingestion.exclusion.tombstones import home_key, write_tombstones
from footfall_cli.commands import app
from tests.conftest import Answer, in_a_process
from tests.support.forked import COMMAND, REPOSITORY

Command = Callable[..., Answer]


def commands() -> dict[str, typer.core.TyperCommand]:
    """Every command by what is typed, those of groups included."""
    found, waiting = {}, [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", None)
        if inner:
            waiting += [(f"{name} {key}".strip(), value) for key, value in inner.items()]
        else:
            found[name] = command
    return found


#: Those that end by themselves; `ui` serves until it is stopped.
EXAMPLES = sorted(set(commands()) - {"ui"})


def test_every_command_of_the_contract_is_there():
    contract = {"init", "sample", "run", "backfill", "export", "status", "doctor"}
    assert contract | {"quarantine list", "quarantine show", "quarantine replay"} <= set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_takes_home_and_shows_an_example_in_its_help(footfall: Command, name: str):
    answer = footfall(*name.split(), "--help")
    assert answer.code == 0
    assert "--home" in answer.out
    assert f"Example: footfall {name}" in answer.out
    if name != "ui":
        assert "--json" in answer.out


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_the_help_works_and_answers_in_json(
    footfall: Command, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    example = commands()[name].epilog.removeprefix("Example: footfall ").split()
    if name not in ("init", "sample"):
        shutil.copytree(request.getfixturevalue("demo_home").root, tmp_path / "data", symlinks=True)
    monkeypatch.chdir(tmp_path)
    if name.startswith("alerts "):
        monkeypatch.setenv("FOOTFALL_ALERTS__LOG", "true")
    answer = footfall(*example, *([] if "--json" in example else ["--json"]))
    if name == "migrate" and find_spec("pyspark") is None:
        assert answer.code == 1 and "make spark" in answer.document["error"]["hint"]
        return
    assert answer.code == 0, answer.err
    assert answer.document["exit_code"] == 0
    assert answer.document["home"] == str(tmp_path / "data")


def test_help_takes_less_than_a_second():
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", COMMAND, "--help"], check=True, cwd=REPOSITORY, capture_output=True)
    # Alone it takes 0.25 s; the bound leaves room for whatever else this machine does.
    assert time.monotonic() - began < 4


def test_an_empty_night_imports_nothing_heavy(demo_copy: Home):
    heavy = "dagster dbt duckdb pandas pyarrow great_expectations altair"
    script = (
        "import sys\nfrom footfall_cli.commands import app\nfrom footfall_cli.errors import guard\n"
        f"code = guard(app, ['run', '--home', {str(demo_copy.root)!r}])\n"
        f"print(code, [name for name in {heavy.split()!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert "Nothing new" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 []"


def test_running_again_with_nothing_new_changes_no_file(footfall: Command, demo_copy: Home):
    before = _files(demo_copy)
    answer = footfall("run", "--home", demo_copy.root, "--json")
    assert answer.document["outcome"] == "nothing_new"
    assert _files(demo_copy) == before


def test_the_ledger_in_status_adds_up(footfall: Command, demo_home: Home):
    ledger = footfall("status", "--home", demo_home.root, "--json").document["ledger"]
    parts = ("loaded", "duplicates", "quarantined", "no_consent", "erased")
    assert ledger["lines_in"] == sum(ledger[part] for part in parts) > 1_000
    assert ledger["adds_up"]
    assert ledger["quarantined"] > 0


def test_what_is_listed_in_quarantine_is_what_is_shown_line_by_line(footfall: Command, demo_home: Home):
    listed = footfall("quarantine", "list", "--home", demo_home.root, "--json").document["rows"]
    shown = footfall("quarantine", "show", "--home", demo_home.root, "--limit", "9999", "--json").document["rows"]
    assert sum(row["lines"] or 0 for row in listed) == sum(row["line_number"] is not None for row in shown) > 0
    assert {(row["file"], row["reason"]) for row in listed} == {(row["file"], row["reason"]) for row in shown}


def test_repaired_values_that_are_listed_are_shown_value_by_value(footfall: Command, demo_home: Home):
    listed = footfall("quarantine", "list", "--home", demo_home.root, "--repaired", "--json").document["rows"]
    show = ("quarantine", "show", "--home", demo_home.root, "--repaired", "--limit", "9999")
    shown = footfall(*show, "--json").document["rows"]
    counts = {(row["load_date"], row["file"], row["field"], row["problem"]): row["lines"] for row in listed}
    found = Counter((row["load_date"], row["file"], row["field"], row["problem"]) for row in shown)
    assert found == counts != {}
    assert {row["value"] for row in shown if row["field"] == "properties"} == {'"none"'}
    (file,) = {row["file"] for row in shown[:1]}
    assert {row["file"] for row in footfall(*show, "--file", file, "--json").document["rows"]} == {file}
    assert f"{file}, line {shown[0]['line_number']}: {shown[0]['field']}" in footfall(*show).out


def test_quarantine_shows_the_exact_text_of_the_line(footfall: Command, demo_home: Home):
    import gzip

    rows = footfall(
        "quarantine", "show", "--home", demo_home.root, "--reason", "missing_message_id", "--json"
    ).document["rows"]
    assert rows
    for row in rows:
        lines = gzip.decompress((demo_home.root / row["file"]).read_bytes()).split(b"\n")
        assert row["raw"].encode() == lines[row["line_number"] - 1]


def test_text_from_files_reaches_the_terminal_without_control_characters(footfall: Command, demo_home: Home):
    answer = footfall("quarantine", "show", "--home", demo_home.root, "--limit", "9999")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", answer.out)


def test_a_run_through_a_date_leaves_later_files_waiting(footfall: Command, tmp_path: Path):
    home = Home(tmp_path / "home")
    footfall("sample", "--home", home.root, "--workspaces", "1", "--participants", "8", "--days", "2")
    from datetime import date

    from orchestration.pending_work import find_pending_work

    through = find_pending_work(home, load_settings(home), date(2026, 9, 7))
    everything = find_pending_work(home, load_settings(home))
    assert through.load_dates == (date(2026, 9, 7),)
    assert len(everything.load_dates) > 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "--nonsense"), "No such option"),
        (("run", "--through", "yesterday"), "write it as YYYY-MM-DD"),
        (("backfill", "--from", "2026-01-02", "--to", "2026-01-01"), "reversed"),
        (("backfill", "--from", "2026-01-02"), "Missing option '--to'"),
        (("export", "--formats", "docx"), "There is no format docx"),
        (("export", "--user", "u1"), "--user needs a workspace"),
        (("sample", "--dirty", "7"), "0.5"),
        (("quarantine", "show", "--limit", "0"), "--limit"),
        (("erase", "--user", "x"), "No person to erase"),
        (("forget", "--user", "x"), "No such command"),
    ],
)
def test_bad_usage_ends_with_2_and_says_what_to_do(
    footfall: Command, tmp_path: Path, arguments: tuple[str, ...], says: str
):
    home = () if arguments[0] == "forget" else ("--home", Home(tmp_path / "home").ensure().root)
    answer = footfall(*arguments, *home, "--json")
    assert answer.code == 2
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert answer.document["exit_code"] == 2
    assert says in answer.document["error"]["message"]


def test_an_unknown_workspace_ends_with_2_and_names_it(footfall: Command, demo_copy: Home):
    answer = footfall("export", "--home", demo_copy.root, "--workspace", "nowhere")
    assert answer.code == 2
    assert "nowhere" in answer.err


@pytest.mark.parametrize(
    ("text", "says", "where"),
    [
        (b"limits: [", "cannot be read", "footfall.yml, line 1"),
        (b"limits:\n  max_late_day: 3\n", "max_late_day", "footfall.yml"),
        (b"\xff\xfe\x00limits", "cannot be read", "footfall.yml"),
        (b"- just\n- a list\n", "not a list of `key: value`", "footfall.yml"),
        (b"limits:\n  max_late_days: many\n", "limits.max_late_days", "footfall.yml"),
    ],
)
def test_settings_that_cannot_be_used_end_with_2_and_name_file_and_place(
    footfall: Command, tmp_path: Path, text: bytes, says: str, where: str
):
    (tmp_path / "footfall.yml").write_bytes(text)
    for command in ("run", "status"):
        answer = footfall(command, "--home", tmp_path)
        assert answer.code == 2
        assert says in answer.err
        assert where in answer.err
        assert "To do:" in answer.err


@pytest.mark.parametrize("command", ["init", "sample"])
def test_a_home_that_cannot_be_written_ends_with_2(footfall: Command, tmp_path: Path, command: str):
    (tmp_path / "file").write_text("no folder")
    answer = footfall(command, "--home", tmp_path / "file" / "home")
    assert answer.code == 2
    assert "cannot be written" in answer.err
    assert "--home" in answer.err


def test_an_empty_landing_zone_is_no_error_and_says_where_files_belong(footfall: Command, tmp_path: Path):
    footfall("init", "--home", tmp_path / "home")
    answer = footfall("run", "--home", tmp_path / "home")
    assert answer.code == 0
    assert "nothing to load" in answer.out
    assert str(tmp_path / "home" / "landing") in answer.out
    assert footfall("status", "--home", tmp_path / "home").code == 0
    assert footfall("quarantine", "list", "--home", tmp_path / "home").code == 0


@pytest.mark.parametrize("name", sorted(set(commands()) - {"init", "sample", "doctor"}))
@pytest.mark.parametrize("makes_folder", [False, True])
def test_a_home_that_does_not_exist_ends_with_2_and_nothing_is_made(
    footfall: Command, tmp_path: Path, name: str, makes_folder: bool
):
    """Neither a path with a typing mistake nor a folder that is something else becomes a home."""
    wrong = tmp_path / "typo"
    if makes_folder:
        wrong.mkdir()
    needed = {
        "backfill": ("--from", "2026-01-01", "--to", "2026-01-01"), "erase": ("--workspace", "w", "--user", "u"),
        "export": ("--workspace", "w"), "migrate": ("--to", "spark"),
    }
    answer = footfall(*name.split(), *needed.get(name, ()), "--home", wrong, *(() if name == "ui" else ("--json",)))
    assert answer.code == 2
    assert "There is no home here" in answer.err and "footfall init --home DIR" in answer.err
    assert name == "ui" or answer.document["error"]["where"] == str(wrong)
    assert [path.name for path in tmp_path.rglob("*")] == (["typo"] if makes_folder else [])


def test_the_doctor_of_a_home_that_does_not_exist_names_the_command_that_makes_it(footfall: Command, tmp_path: Path):
    answer = footfall("doctor", "--home", tmp_path / "typo", "--json")
    assert answer.code == answer.document["exit_code"] == 2
    (home,) = (finding for finding in answer.document["findings"] if finding["name"] == "home")
    assert not home["is_ok"] and "footfall init" in home["hint"]
    assert not list(tmp_path.iterdir())


def test_the_version_is_that_of_the_package(footfall: Command):
    from footfall import __version__

    answer = footfall("--version")
    assert (answer.code, answer.out) == (0, f"footfall {__version__}\n")


def test_without_a_command_json_is_still_one_document(footfall: Command):
    answer = footfall("quarantine", "--json")
    assert answer.code == answer.document["exit_code"] == 2


def test_a_bug_is_three_lines_and_a_document_and_its_traceback_is_in_a_private_file(
    footfall: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The message of the exception may hold personal data, so it is only in the file."""
    from footfall_cli import quarantine, rejected_lines

    home = Home(tmp_path / "home").ensure()
    monkeypatch.setattr(rejected_lines, "count", lambda *_: {}["anna@example.com"])
    answer = footfall("quarantine", "list", "--home", home.root, "--json")
    assert answer.code == answer.document["exit_code"] == 1
    assert [line.split(":")[0] for line in answer.err.splitlines()] == ["Error", "Where", "To do"]
    assert "KeyError" in answer.document["error"]["message"]
    assert Path(quarantine.__file__).name in answer.document["error"]["where"]
    assert "anna" not in answer.err + answer.out
    (log,) = home.logs.iterdir()
    assert str(log) in answer.err
    assert "anna@example.com" in log.read_text() and "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_exports_before_anything_is_published_say_what_to_run_first(footfall: Command, tmp_path: Path):
    footfall("init", "--home", tmp_path / "home")
    answer = footfall("export", "--home", tmp_path / "home")
    assert answer.code == 1
    assert "footfall run" in answer.err


def test_a_second_writer_is_turned_away_and_told_who_writes(footfall: Command, demo_copy: Home):
    with lock.hold(demo_copy, "footfall run"):
        answer = in_a_process("run", "--home", demo_copy.root)
        assert answer.code == 1
        assert f"pid {os.getpid()} (footfall run) since 20" in answer.err
        assert footfall("status", "--home", demo_copy.root, "--json").document["lock"]["is_alive"]
    assert lock.holder(demo_copy) is None


def test_a_full_disk_in_the_middle_of_a_run_is_said_so_and_what_was_published_stays(
    footfall: Command, demo_copy: Home
):
    before = demo_copy.current.read_bytes()
    landed = next((demo_copy.landing / "events").glob("*/*.gz"))
    shutil.copy(landed, landed.with_name("again.jsonl.gz"))
    landed.with_name("new.jsonl").write_text('{"messageId": "m1"}\n')
    # The loader notes the file it knows already under another name: on this path, every byte finds the disk full.
    (demo_copy.lake / ".seen.json.tmp").symlink_to("/dev/full")
    answer = footfall("run", "--home", demo_copy.root, "--json")
    assert answer.code == answer.document["exit_code"] == 1
    assert "The disk is full. What was published stays." in answer.err
    assert "To do: " in answer.err
    assert "Free disk space" in answer.err
    assert "Traceback" not in answer.err
    assert demo_copy.current.read_bytes() == before


def test_a_full_disk_that_no_stage_explains_is_explained_by_the_command():
    with pytest.raises(OSError, match="No space left") as caught, Path("/dev/full").open("w") as full:
        full.write("x")
    outer = RuntimeError("something went wrong")
    outer.__cause__ = caught.value
    found = explain(outer)
    assert found.exit_code == 1
    assert found.message.startswith("The disk is full.")
    assert found.hint.startswith("Free disk space")


def test_a_bug_is_not_explained_away_and_a_ring_of_errors_ends():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert explain(one) is None


def test_init_shows_every_setting_with_its_default(footfall: Command, tmp_path: Path):
    assert footfall("init", "--home", tmp_path).code == 0
    path = tmp_path / "footfall.yml"
    assert load_settings(Home(tmp_path)) == Settings()
    lines = [line.removeprefix("# ") for line in path.read_text().splitlines() if re.match(r"# [ a-z-]+:|#  ", line)]
    shown = [line for line in lines if re.match(r" *(- )?[a-z_]+:( |$)", line)]
    path.write_text("\n".join(shown[: next(i for i, line in enumerate(shown) if line.startswith("sources:"))]))
    settings = load_settings(Home(tmp_path))
    assert settings.model_dump(exclude={"sources"}) == Settings().model_dump(exclude={"sources"})
    for section in set(Settings.model_fields) - {"sources"}:
        keys = set(Settings.model_fields[section].annotation.model_fields)
        if section == "alerts":
            keys -= {"slack", "webhook"}  # of secrets alone, which a settings file may not name
        assert settings.__getattribute__(section).model_fields_set == keys, section
    assert settings.alerts.mail.model_fields_set == set(MailAlerts.model_fields) - {"password"}


def test_init_leaves_settings_that_are_there(footfall: Command, tmp_path: Path):
    (tmp_path / "footfall.yml").write_text("publishing:\n  keep_versions: 9\n")
    assert footfall("init", "--home", tmp_path).code == 0
    assert load_settings(Home(tmp_path)).publishing.keep_versions == 9


def test_a_sample_for_an_empty_landing_zone_leaves_a_filled_one_alone(footfall: Command, demo_copy: Home):
    before = _files(demo_copy)
    assert footfall("sample", "--home", demo_copy.root, "--if-empty", "--seed", "99").code == 0
    assert _files(demo_copy) == before


def test_the_doctor_is_content_with_a_home_at_work_and_finds_what_is_wrong(footfall: Command, demo_copy: Home):
    assert footfall("doctor", "--home", demo_copy.root).code == 0
    demo_copy.settings_file.write_text("schedule:\n  timezone: Europe/Atlantis\n")
    demo_copy.lock_file.write_text('{"pid": 4194305, "since": "2026-11-01T00:00:00+00:00", "command": "footfall run"}')
    answer = footfall("doctor", "--home", demo_copy.root, "--json")
    wrong = {finding["name"] for finding in answer.document["findings"] if not finding["is_ok"]}
    assert answer.code == answer.document["exit_code"] == 1
    assert wrong == {"schedule.timezone", "lock"}


@pytest.mark.parametrize(("line", "words"), [
    ('occurred_at: "ts +"', "occurred_at"), ("event_nam: name", "event_nam"),
    ('user_id: "(select 1)"', "user_id"), ('user_id: "uid; drop table x"', "user_id"),
    ("event: no_such(name)", "event"),
])
def test_the_doctor_names_a_mapping_that_cannot_be_used(footfall: Command, tmp_path: Path, line: str, words: str):
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(
        "sources:\n  events:\n    - name: legacy\n      path: landing/events/{load_date}/*.csv\n      format: csv\n"
        f"      mapping:\n        workspace_id: \"'expo'\"\n        {line}\n"
    )
    findings = footfall("doctor", "--home", home.root, "--json").document["findings"]
    (found,) = (one for one in findings if one["name"] == "mapping")
    assert not found["is_ok"] and words in found["found"] and found["hint"]


def test_the_doctor_tells_of_a_key_that_would_not_know_the_erased(footfall: Command, tmp_path: Path):
    def key_report() -> tuple[bool, str, str]:
        found = footfall("doctor", "--home", home.root, "--json").document["findings"]
        (key,) = (finding for finding in found if finding["name"] == "privacy.key")
        return key["is_ok"], key["found"], key["hint"]

    home = Home(tmp_path / "home").ensure()
    assert key_report() == (True, "none yet; made when it is needed", "")
    right = key_id(home_key(home, Settings()))
    write_tombstones(home, home_key(home, Settings()), 1, [("user", "expo", "anna")])
    assert key_report()[:2] == (True, f"id {right}")
    home.key_file.write_text("another key " * 4)
    assert not key_report()[0] and right in key_report()[2]
    home.key_file.write_text("short")
    assert not key_report()[0] and "too short" in key_report()[1]
    home.key_file.unlink()
    assert not key_report()[0] and "missing" in key_report()[1] and "backup" in key_report()[2]


def _files(home: Home) -> dict[str, tuple[int, int]]:
    """Every file of a home with size and time of change; the lock is opened, and emptied again, by whoever asks.

    Log and metrics note every start.
    """
    files = (
        path for path in home.root.rglob("*")
        if path.is_file() and path != home.lock_file and not {home.logs, home.metrics} & {*path.parents}
    )
    return {str(path.relative_to(home.root)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

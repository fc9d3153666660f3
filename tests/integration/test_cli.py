"""The command line as people meet it: help, examples, JSON, and what a home shows of itself."""

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

from footfall.core.alert_settings import MailAlerts
from footfall.core.home import Home
from footfall.core.settings import Settings, load_settings
from tests.conftest import Answer
from tests.support.commands import commands
from tests.support.forked import COMMAND, REPOSITORY

Command = Callable[..., Answer]
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


def test_the_version_is_that_of_the_package(footfall: Command):
    from footfall import __version__

    answer = footfall("--version")
    assert (answer.code, answer.out) == (0, f"footfall {__version__}\n")


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


def _files(home: Home) -> dict[str, tuple[int, int]]:
    """Every file of a home with size and time of change; the lock is opened, and emptied again, by whoever asks.

    Log and metrics note every start.
    """
    files = (
        path for path in home.root.rglob("*")
        if path.is_file() and path != home.lock_file and not {home.logs, home.metrics} & {*path.parents}
    )
    return {str(path.relative_to(home.root)): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

"""Checks: what blocks, what warns, and a check that crashed is not a check that failed."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from footfall.checks import batch, marts
from footfall.checks.batch import check_batch
from footfall.checks.expect import Rule, validate
from footfall.checks.gate import blocking_error, gate
from footfall.checks.marts import check_marts
from footfall.checks.result import CheckResult
from footfall.core.errors import CheckCrashed, CheckFailed
from footfall.core.home import Home
from footfall.core.settings import Checks, Settings
from tests.support.marts import change, commit, daily, event, ledger_row, make_home

SETTINGS = Settings()
AT = "2026-11-01 10:00:00"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


def load(home: Home, seq: int, load_date: str, lines: int = 4, events: list[tuple] | None = None, **outcomes) -> None:
    """A commit of one file, all of whose loaded lines are stored."""
    row = ledger_row(f"file{seq:02d}", lines, **outcomes)
    stored = events or [("w1", f"{load_date} 10:00:00")] * row["loaded"]
    commit(home, seq, load_date, events=stored, files=[row])


def batch_results(home: Home) -> dict[str, CheckResult]:
    return {result.name: result for result in check_batch(home, SETTINGS)}


def marts_results(home: Home) -> dict[str, CheckResult]:
    return {result.name: result for result in check_marts(home, SETTINGS)}


def missed(results: dict[str, CheckResult]) -> dict[str, str]:
    return {name: result.status for name, result in results.items() if not result.passed}


def test_a_usual_batch_passes_every_check(home: Home) -> None:
    for day in range(1, 6):
        load(home, day, f"2026-11-0{day}")
    results = batch_results(home)
    assert missed(results) == {}
    assert list(results) == [rule.name for rule in batch.rules(Checks())]


def test_nothing_new_is_nothing_to_check(home: Home) -> None:
    load(home, 1, "2026-11-01")
    home.current.write_text('{"lake_seq": 1}')
    assert check_batch(home, SETTINGS) == []


def test_a_batch_that_was_refused_is_checked_again_with_the_next(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=10, loaded=2, quarantined=8)
    load(home, 2, "2026-11-02")
    result = batch_results(home)["quarantined_share"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 8)
    assert result.message == (
        "At most 50% of the lines of a batch rejected, or a workspace with good lines; found 0.5714 (events)."
    )


def test_a_backfilled_load_no_longer_blocks(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=10, loaded=2, quarantined=8)
    commit(home, 2, "2026-11-01", kind="backfill", replaces=[1], files=[ledger_row("file02", 2)])
    assert batch_results(home)["quarantined_share"].passed


def by_source(*rows: tuple[str, str | None, int, int]) -> list[dict]:
    return [dict(zip(("source", "workspace_id", "lines", "rejected"), row, strict=True)) for row in rows]


def test_bad_lines_of_one_workspace_hold_it_back_and_stop_no_other(home: Home) -> None:
    commit(
        home, 1, "2026-11-01", events=[("good", AT)] * 2 + [("bad", AT)],
        files=[ledger_row("file01", 10, loaded=3, quarantined=7)],
        by_source=by_source(("events", "good", 2, 0), ("events", "bad", 8, 7)),
    )
    results = batch_results(home)
    assert missed(results) == {"workspaces_held_back": "failed", "quarantined_share_of_a_load": "failed"}
    assert not any(results[name].is_blocking for name in missed(results))
    assert "0.875 (bad events 2026-11-01)" in results["workspaces_held_back"].message
    assert "footfall run" in results["workspaces_held_back"].remedy


def test_lines_that_name_no_workspace_stop_nobody_who_has_good_lines(home: Home) -> None:
    commit(
        home, 1, "2026-11-01", events=[("good", AT)], files=[ledger_row("file01", 100, loaded=1, quarantined=99)],
        by_source=by_source(("events", "good", 1, 0), ("events", None, 99, 99)),
    )
    assert batch_results(home)["quarantined_share"].passed


@pytest.mark.parametrize(("rejected", "is_held"), [(5, False), (6, True)])
def test_a_workspace_is_held_back_above_the_bound_only(home: Home, rejected: int, is_held: bool) -> None:
    commit(home, 1, "2026-11-01", files=[ledger_row("file01", 10, loaded=10 - rejected, quarantined=rejected)],
           events=[("w1", AT)] * (10 - rejected), by_source=by_source(("events", "w1", 10, rejected)))
    assert batch_results(home)["workspaces_held_back"].passed != is_held
    # where nobody has good lines, the load makes no sense as a whole
    assert batch_results(home)["quarantined_share"].passed != is_held


def test_an_entity_whose_lines_are_mostly_rejected_blocks_or_holds_back_as_events_do(home: Home) -> None:
    people = ledger_row("people", 10, loaded=1, quarantined=9, kind="entities", source="participants")
    commit(home, 1, "2026-11-01", events=[("w1", AT)] * 4, files=[ledger_row("file01", 4), people],
           by_source=by_source(("events", "w1", 4, 0), ("participants", None, 10, 9)))
    result = batch_results(home)["quarantined_share"]
    assert (result.status, result.rows) == ("failed", 9)
    assert "(participants)" in result.message
    commit(home, 1, "2026-11-01", events=[("w1", AT)] * 4, files=[ledger_row("file01", 4), people],
           by_source=by_source(("events", "w1", 4, 0), ("participants", "w1", 9, 9), ("participants", "w2", 1, 0)))
    results = batch_results(home)
    assert results["quarantined_share"].passed
    assert "(w1 participants 2026-11-01)" in results["workspaces_held_back"].message


def test_a_strangers_bad_line_of_an_entity_that_nobody_else_delivers_stops_nobody(home: Home) -> None:
    meetings = ledger_row("meetings", 1, loaded=0, quarantined=1, kind="entities", source="meetings")
    events = [("w1", AT)] * 4 + [("stranger", AT)]
    commit(home, 1, "2026-11-01", events=events, files=[ledger_row("file01", 5), meetings],
           by_source=by_source(("events", "w1", 4, 0), ("events", "stranger", 1, 0), ("meetings", "stranger", 1, 1)))
    results = batch_results(home)
    assert results["quarantined_share"].passed
    assert "(stranger meetings 2026-11-01)" in results["workspaces_held_back"].message


def test_rejected_settings_of_the_only_workspace_do_not_block(home: Home) -> None:
    load(home, 1, "2026-11-01")
    home.current.write_text('{"lake_seq": 1}')
    settings = ledger_row("workspaces", 1, loaded=0, quarantined=1, kind="entities", source="workspaces")
    commit(home, 2, "2026-11-02", files=[settings], by_source=by_source(("workspaces", "w1", 1, 1)))
    assert batch_results(home)["quarantined_share"].passed


def test_a_line_without_an_outcome_blocks_and_names_the_file(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=5, loaded=3)
    result = batch_results(home)["ledger_adds_up"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 2)
    assert "landing/events/file01.jsonl" in result.message


def test_rows_lost_between_ledger_and_lake_block(home: Home) -> None:
    commit(home, 1, "2026-11-01", events=[("w1", AT)], files=[ledger_row("file01", 3)])
    result = batch_results(home)["lake_holds_what_was_loaded"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 2)


def test_a_lake_file_that_lost_rows_blocks(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=3)
    path = home.lake / "events/2026-11-01/1.parquet"
    commit(home, 2, "2026-11-01", events=[("w1", AT)])
    path.write_bytes((home.lake / "events/2026-11-01/2.parquet").read_bytes())
    (home.commits / "00000002.json").unlink()
    result = batch_results(home)["lake_files_are_whole"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 2)


def test_lines_superseded_by_a_later_load_are_not_lost(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=3)
    commit(
        home, 2, "2026-11-02", files=[ledger_row("file02", 1)],
        adjustments=[{"file_id": "file01", "loaded": -1, "duplicates": 1}],
        events=[("w1", AT)], removed_rows=1,
    )
    home.current.write_text('{"lake_seq": 1}')
    assert batch_results(home)["lake_holds_what_was_loaded"].passed


def test_a_file_quarantined_whole_warns_and_does_not_count_as_bad_lines(home: Home) -> None:
    commit(
        home, 1, "2026-11-01", events=[("w1", AT)],
        files=[ledger_row("good", 1),
               ledger_row("cut", 0, state="quarantined", reason="corrupt_file")],
    )
    results = batch_results(home)
    assert missed(results) == {"files_can_be_trusted": "failed"}
    assert not results["files_can_be_trusted"].is_blocking


@pytest.mark.parametrize(("lines", "status"), [(1, "failed"), (2, "passed"), (50, "passed"), (51, "failed")])
def test_a_load_far_from_the_median_of_the_seven_before_warns(home: Home, lines: int, status: str) -> None:
    for day, usual in enumerate([500, 8, 10, 10, 10, 12, 9, 11], start=1):
        commit(home, day, f"2026-11-0{day}", files=[ledger_row(f"file{day}", usual)])
    home.current.write_text('{"lake_seq": 8}')
    load(home, 9, "2026-11-09", lines=lines)
    result = batch_results(home)["volume_against_last_7_loads"]
    assert (result.status, result.is_blocking) == (status, False)


def test_two_loads_before_are_too_few_to_say_what_is_usual(home: Home) -> None:
    for seq, lines in ((1, 1), (2, 1), (3, 90)):
        load(home, seq, f"2026-11-0{seq}", lines=lines)
    assert batch_results(home)["volume_against_last_7_loads"].passed


def test_values_out_of_range_warn_with_the_number_of_rows(home: Home) -> None:
    odd = [("w1", AT, {"os": "symbian"})] * 2 + [("w1", AT, {"type": "alias", "duration_seconds": -1})]
    load(home, 1, "2026-11-01", lines=8, events=odd + [("w1", AT)] * 5)
    results = batch_results(home)
    assert missed(results) == dict.fromkeys(["os_accepted", "types_accepted", "durations_not_negative"], "failed")
    assert [results[name].rows for name in missed(results)] == [2, 1, 1]
    assert not any(results[name].is_blocking for name in missed(results))


def test_events_without_a_key_block(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=2, events=[("w1", AT), (None, AT)])
    result = batch_results(home)["events_have_keys"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 1)


def test_a_night_in_which_nobody_is_signed_in_and_no_os_is_known_warns(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=2, events=[("w1", AT, {"user_id": None, "os": "unknown"})] * 2)
    assert missed(batch_results(home)) == dict.fromkeys(["signed_out_share", "unknown_os_share"], "failed")


def test_a_batch_of_nothing_but_duplicates_is_checked_without_events(home: Home) -> None:
    load(home, 1, "2026-11-01", lines=3, loaded=0, duplicates=3)
    results = batch_results(home)
    assert missed(results) == {}
    assert "os_accepted" not in results


def test_a_lake_file_that_cannot_be_read_crashes_its_checks_and_no_others(home: Home) -> None:
    load(home, 1, "2026-11-01")
    (home.lake / "events/2026-11-01/1.parquet").write_bytes(b"no parquet")
    results = check_batch(home, SETTINGS)
    crashed = {result.name for result in results if result.status == "crashed"}
    assert crashed == {"lake_files_are_whole", "events_have_keys", "os_accepted", "types_accepted",
                       "durations_not_negative", "signed_out_share", "unknown_os_share"}
    assert {result.status for result in results if result.name not in crashed} == {"passed"}
    assert isinstance(blocking_error(results), CheckCrashed)


def test_an_expectation_that_raises_is_a_crash_not_a_failure() -> None:
    import pandas as pd

    frames = {"f": lambda: pd.DataFrame({"text": ["a"], "number": [7]})}
    between = {"min_value": 0, "max_value": 1}
    rules = [
        Rule("compares_text", "f", "text", "ExpectColumnValuesToBeBetween", "small", between, is_blocking=True),
        Rule("no_such_column", "f", "gone", "ExpectColumnValuesToBeBetween", "small", between),
        Rule("too_large", "f", "number", "ExpectColumnValuesToBeBetween", "small", between),
    ]
    results = validate("batch", rules, frames)
    assert [result.status for result in results] == ["crashed", "crashed", "failed"]
    assert "must either be None or of the same type" in results[0].message


def result(status: str, is_blocking: bool, name: str = "c") -> CheckResult:
    return CheckResult("batch", name, status, is_blocking, rows=1200, message="too many")


def test_the_gate_lets_warnings_pass_and_names_what_blocks() -> None:
    gate([result("passed", True), result("failed", False), result("crashed", False)])
    with pytest.raises(CheckFailed, match=r"quarantined \(1,200 rows\): too many") as failed:
        gate([result("crashed", True), result("failed", True, "quarantined")])
    assert failed.value.exit_code == 3
    with pytest.raises(CheckCrashed) as crashed:
        gate([result("crashed", True)])
    assert crashed.value.exit_code == 1


@pytest.fixture
def built(home: Home) -> Home:
    """Two lines loaded and built."""
    load(home, 1, "2026-11-01", lines=2)
    change(
        home, event("m1", AT), event("m2", AT), *daily("2026-11-01", 2),
        "insert into fct_sessions values ('s1', 'w1', '2026-11-01', 3)",
        "insert into fct_visits values ('v1', 'w1', 'u1', 'u1', false, true, '2026-11-01 10:00:00', "
        "'2026-11-01 10:00:00', '2026-11-01', 1, 2, 2, 0, 0)",
    )
    return home


def test_marts_that_hold_what_was_loaded_pass_every_check(built: Home) -> None:
    results = marts_results(built)
    assert missed(results) == {}
    assert list(results) == [rule.name for rule in marts.rules(Checks())]


def test_a_lost_event_blocks(built: Home) -> None:
    change(built, "delete from fct_events where message_id = 'm2'")
    result = marts_results(built)["events_equal_lines_loaded"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 1)


def test_empty_marts_after_a_load_block_and_are_named(built: Home) -> None:
    change(built, "delete from fct_visits", "delete from dim_workspaces")
    result = marts_results(built)["marts_are_not_empty"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 2)
    assert "fct_visits" in result.message
    assert "dim_workspaces" in result.message


def test_a_load_of_impressions_alone_needs_no_visits(built: Home) -> None:
    as_impressions = "update fct_events set kind = 'impression', is_keep_alive = false, is_interaction = false"
    change(built, "delete from fct_visits", "delete from fct_sessions", as_impressions)
    assert marts_results(built)["marts_are_not_empty"].passed


def test_empty_marts_of_an_empty_lake_pass(home: Home) -> None:
    change(home, "delete from dim_workspaces")
    assert missed(marts_results(home)) == {}


@pytest.mark.parametrize(("outcomes", "text", "is_named"), [
    ({"quarantined": 1, "loaded": 0}, '{"workspace_id": "w1", "timezone": "Mars"}', True),
    ({"quarantined": 1, "loaded": 0}, '{"workspace_id": "w\\u0031", "timezone": "Mars"}', True),
    ({"quarantined": 1, "loaded": 0}, '"w1', True),
    ({"quarantined": 1, "loaded": 0}, '{"workspace_id": "w2", "timezone": "Mars"}', False),
    ({"state": "quarantined", "loaded": 0}, None, True),
    ({"loaded": 1}, None, False),
])
def test_a_workspace_whose_settings_may_be_in_quarantine_is_named_and_stops_nobody(
    built: Home, outcomes: dict, text: str | None, is_named: bool
) -> None:
    row = ledger_row("settings", 1, **{"source": "workspaces", "kind": "entities", **outcomes})
    quarantine = []
    if text is not None:
        quarantine = ["quarantine/2026-11-02/2.parquet"]
        path = built.root / quarantine[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as con:
            con.execute("create table rejected as select ? as file, ? as raw", [row["file"], text])
            con.execute(f"copy rejected to '{path}' (format parquet)")
    commit(built, 2, "2026-11-02", files=[row], quarantine=quarantine)
    assert marts_results(built)["settings_can_be_read"].passed, "earlier settings go on"
    change(built, "update dim_workspaces set is_inferred = true")
    result = marts_results(built)["settings_can_be_read"]
    assert (result.status, result.is_blocking) == ("failed" if is_named else "passed", False)
    assert ("w1" in result.message) == is_named


def test_a_day_whose_parts_do_not_add_up_blocks(built: Home) -> None:
    change(built, "update agg_interactions_by_os set interactions = 5")
    result = marts_results(built)["days_add_up"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", True, 3)
    assert "w1 2026-11-01" in result.message


def test_negative_seconds_and_an_eleventh_step_block(built: Home) -> None:
    change(
        built, "update fct_visits set engaged_seconds = -1",
        "insert into fct_path_steps values ('module', 'v1', 11, 'w1', '2026-11-01', 'a', null, 'exit', 1)",
    )
    results = marts_results(built)
    assert missed(results) == dict.fromkeys(["seconds_not_negative", "steps_between_1_and_10"], "failed")
    assert all(results[name].is_blocking for name in missed(results))


def test_many_unmapped_interactions_warn(built: Home) -> None:
    change(built, "update fct_events set module = '(unmapped)', module_kind = 'unmapped' where message_id = 'm1'")
    result = marts_results(built)["unmapped_share"]
    assert (result.status, result.is_blocking, result.rows) == ("failed", False, 1)


def test_an_os_that_vanishes_warns_of_drift(built: Home) -> None:
    for day in range(25, 32):
        change(built, *daily(f"2026-10-{day}", 500, os="web"))
    assert missed(marts_results(built)) == {"os_drift": "failed"}


def test_great_expectations_leaves_no_files_and_sends_nothing(built: Home, tmp_path: Path) -> None:
    folder = tmp_path / "cwd"
    folder.mkdir()
    code = (
        "import sys, socket\n"
        "def refuse(*_, **__): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = refuse\n"
        "from pathlib import Path\nfrom footfall.checks.marts import check_marts\nfrom footfall.core.home import Home\n"
        "from footfall.core.settings import Settings\n"
        "import footfall.checks.batch\nassert 'great_expectations' not in sys.modules, 'imported before it is needed'\n"
        "print(len(check_marts(Home(Path(sys.argv[1])), Settings())))\n"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(built.root)], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(len(marts.rules(Checks()))), done.stderr
    assert done.stderr == ""
    assert list(folder.iterdir()) == []

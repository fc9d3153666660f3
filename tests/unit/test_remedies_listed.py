"""Every command that a message asks people to run is tried by a test; a new one needs one too."""

import ast
import re
from functools import cache

import pytest

from tests.support.remedies import ROOT, printed

REJECTED = "tests/orchestration/test_remedies.py::test_each_remedy_for_rejected_lines_works"
BACKUP = "tests/orchestration/test_remedies.py::test_a_damaged_lake_file_is_put_back_from_a_backup"
REFRESH = "tests/integration/test_remedies_tried.py::test_a_full_refresh_mends_what_a_data_test_of_the_build_found"
NEW_HOME = (
    "tests/integration/test_remedies_tried.py::test_each_message_of_a_place_without_a_home_leads_to_published_tables"
)
LISTED = "tests/integration/test_cli.py::test_what_is_listed_in_quarantine_is_what_is_shown_line_by_line"
UNKNOWN_ID = "tests/integration/test_remedies_tried.py::test_status_lists_the_workspaces_that_an_unknown_id_asks_for"
SETTINGS = "tests/integration/test_remedies_tried.py::test_quarantine_lists_what_a_warning_about_settings_points_to"
BACKFILL = (
    "tests/integration/test_remedies_tried.py::"
    "test_a_file_that_is_put_back_lets_a_backfill_take_the_new_version_of_another"
)
DAMAGE = "tests/faults/test_damage.py::test_the_next_run_makes_it_again_to_the_same_tables"
RESUME = (
    "tests/faults/test_erasure_interrupted.py::"
    "test_a_search_that_finds_something_fails_the_run_that_finishes_the_erasure_and_is_repeated_by_resume"
)
KILLED = "tests/faults/test_erasure_interrupted.py::test_killed_at_any_boundary_an_erasure_is_finished_by_the_next_run"
FAILED = (
    "tests/integration/test_failed_exports.py::"
    "test_a_run_makes_the_other_exports_names_the_failed_one_and_the_next_run_tries_again"
)
CLOSED = (
    "tests/integration/test_retention_and_access.py::"
    "test_the_next_run_closes_a_home_that_was_open_and_doctor_tells_of_it"
)
TITLES = "tests/integration/test_remedies_tried.py::test_titles_that_an_erasure_asks_about_are_decided_as_it_says"
ALONE = "tests/orchestration/test_graph.py::test_a_selection_is_refused_while_loaded_files_wait_to_be_built"
EXAMPLE = (
    "tests/integration/test_remedies_tried.py::"
    "test_a_settings_file_that_cannot_be_read_is_repaired_by_the_example_of_init"
)
REPLAY = (
    "tests/integration/test_replay.py::"
    "test_a_replay_loads_what_is_right_now_once_and_leaves_the_dates_between_as_they_are"
)

_TRIED = "tests/integration/test_remedies_tried.py::"
LANDING_FILES = f"{_TRIED}test_a_run_names_all_landing_files_of_which_the_doctor_names_some"
STATE_FILES = f"{_TRIED}test_a_run_writes_the_state_files_again_that_the_doctor_names_and_ends_a_failed_night"
ROTTED = f"{_TRIED}test_a_state_of_another_form_and_a_database_that_rotted_are_repaired_as_status_says"
KILLED_RUN = "tests/orchestration/test_runs.py::test_a_killed_run_is_marked_failed_and_the_next_one_finishes_its_work"
_ALERTS = "tests/unit/test_alerts_conditions.py::"
ALERT_OF_REJECTED = f"{_ALERTS}test_many_rejected_lines_are_an_alert_until_the_file_is_repaired"
ALERT_OF_REPAIRED = f"{_ALERTS}test_many_values_that_cannot_be_used_are_an_alert_and_listed_by_field"
ALERT_OF_FILE = f"{_ALERTS}test_a_file_that_cannot_be_read_is_an_alert_that_does_not_name_it"
ALERT_OF_CHANGE = f"{_ALERTS}test_a_file_that_changed_after_loading_is_an_alert_until_it_is_loaded"
ALERT_OF_AGE = f"{_ALERTS}test_published_data_that_is_old_is_an_alert_and_status_shows_what_waits"
ALERT_OF_LOCK = f"{_ALERTS}test_a_lock_that_another_process_holds_is_an_alert_and_status_names_the_process"
ALERT_OF_SETTINGS = f"{_ALERTS}test_a_run_that_could_not_start_is_an_alert_until_a_run_ends_well"
ALERT_OF_DAMAGE = f"{_ALERTS}test_lake_files_that_cannot_be_made_again_are_an_alert_and_doctor_names_the_backup"
ALERT_LINE = (
    "tests/unit/test_alerts_commands.py::"
    "test_status_and_doctor_show_open_alerts_in_a_line_that_leads_to_the_list"
)

#: By module and command: the tests that bring about what the message is about and then do what it says.
TRIED: dict[tuple[str, str], tuple[str, ...]] = {
    ("footfall/alerts/of_exports.py", "footfall quarantine list"): (REJECTED, LISTED),
    ("footfall/alerts/of_exports.py", "footfall run"): (REJECTED, FAILED),
    ("footfall/alerts/of_landing.py", "footfall run"): (ALERT_OF_CHANGE,),
    ("footfall/alerts/of_landing.py", "footfall status"): (ALERT_OF_AGE,),
    ("footfall/alerts/of_loads.py", "footfall quarantine list"): (ALERT_OF_REJECTED, ALERT_OF_FILE),
    ("footfall/alerts/of_loads.py", "footfall quarantine list --repaired"): (ALERT_OF_REPAIRED,),
    ("footfall/alerts/of_loads.py", "footfall quarantine replay"): (REPLAY,),
    ("footfall/alerts/of_loads.py", "footfall run"): (REJECTED, ALERT_OF_REJECTED),
    ("footfall/alerts/of_runs.py", "footfall doctor"): (ALERT_OF_SETTINGS, ALERT_OF_DAMAGE),
    ("footfall/alerts/of_runs.py", "footfall erase --resume"): (RESUME,),
    ("footfall/alerts/of_runs.py", "footfall quarantine list"): (REJECTED, LISTED),
    ("footfall/alerts/of_runs.py", "footfall run"): (KILLED, ALERT_OF_SETTINGS),
    ("footfall/alerts/of_runs.py", "footfall status"): (ALERT_OF_LOCK,),
    ("footfall/checks/batch.py", "footfall quarantine list"): (REJECTED, LISTED),
    ("footfall/checks/batch.py", "footfall run"): (REJECTED, BACKUP),
    ("footfall/checks/gate.py", "footfall run --full-refresh"): (REFRESH,),
    ("footfall/checks/marts.py", "footfall quarantine list"): (SETTINGS,),
    ("footfall/checks/marts.py", "footfall run"): (NEW_HOME,),
    ("footfall/core/explain.py", "footfall doctor --deep"): (ROTTED,),
    ("footfall/core/explain.py", "footfall run"): (DAMAGE, ROTTED),
    ("footfall/core/settings_file.py", "footfall init --home DIR"): (EXAMPLE,),
    ("footfall/ingestion/damage.py", "footfall run"): (DAMAGE,),
    ("footfall/ingestion/lake/contents.py", "footfall run"): (DAMAGE,),
    ("footfall/ingestion/landing/new_versions.py", "footfall backfill --from {} --to {}"): (BACKFILL,),
    ("footfall/ingestion/validation/unread_workspaces.py", "footfall quarantine list"): (SETTINGS,),
    ("footfall/ingestion/validation/unread_workspaces.py", "footfall quarantine list --repaired"): (SETTINGS,),
    ("footfall/metrics/scope.py", "footfall status"): (UNKNOWN_ID,),
    ("footfall/metrics/source.py", "footfall run"): (NEW_HOME,),
    ("footfall/publishing/copying.py", "footfall run"): (DAMAGE,),
    ("footfall/sample/generate.py", "footfall sample --help"): (NEW_HOME,),
    ("footfall_cli/alerts.py", "footfall alerts list"): (ALERT_LINE,),
    ("footfall_cli/doctor.py", "footfall init --home {}"): (NEW_HOME,),
    ("footfall_cli/doctor.py", "footfall run"): (CLOSED, KILLED),
    ("footfall_cli/doctor_inputs.py", "footfall run"): (LANDING_FILES, STATE_FILES),
    ("footfall_cli/doctor_state.py", "footfall run"): (STATE_FILES, KILLED_RUN),
    ("footfall_cli/next_steps.py", "footfall quarantine list"): (LISTED, ALERT_OF_REJECTED),
    ("footfall_cli/next_steps.py", "footfall quarantine replay"): (REPLAY,),
    ("footfall_cli/next_steps.py", "footfall quarantine show"): (LISTED,),
    ("footfall_cli/next_steps.py", "footfall run"): (ALERT_OF_REJECTED, ALERT_OF_CHANGE),
    ("footfall_cli/options.py", "footfall init --home DIR"): (NEW_HOME,),
    ("footfall_cli/sections.py", "footfall run"): (ROTTED,),
    ("footfall_cli/setup.py", "footfall run"): (NEW_HOME,),
    ("footfall_cli/status.py", "footfall run"): (NEW_HOME,),
    ("footfall_cli/summary.py", "footfall sample"): (NEW_HOME,),
    ("footfall_cli/summary.py", "footfall quarantine list"): (LISTED,),
    ("exports/folder/failure.py", "footfall quarantine list"): (REJECTED,),
    ("exports/folder/failure.py", "footfall run"): (REJECTED,),
    ("exports/folder/failure.py", "footfall export"): (FAILED,),
    ("exports/plan/plan.py", "footfall status"): (UNKNOWN_ID,),
    ("exports/warehouse.py", "footfall status"): (UNKNOWN_ID,),
    ("orchestration/damage.py", "footfall run"): (DAMAGE,),
    ("orchestration/defs/transform/selection.py", "footfall run"): (ALONE,),
    ("orchestration/erase_people.py", "footfall status"): (UNKNOWN_ID,),
    ("orchestration/unclean.py", "footfall erase --resume"): (RESUME,),
    ("orchestration/unclean.py", "footfall erase --resume --decisions FILE"): (TITLES,),
    ("orchestration/unclean.py", "footfall erase --resume --titles keep"): (TITLES,),
    ("orchestration/unclean.py", "footfall run"): (RESUME,),
}
#: What no test brings about, and why.
NOT_TRIED: dict[tuple[str, str], str] = {
    ("exports/folder/check_files.py", "footfall export"): "a file with other rows than its table: a fault of the code",
    ("exports/folder/check_files.py", "footfall run --full-refresh"): "sheets that differ from the totals, likewise",
    ("footfall/erasure/intent.py", "footfall erase"): "a file of an erasure that somebody else cut: it is moved whole",
    ("footfall/metrics/disclosure/published_answers.py", "footfall run"): "a version that an older release published",
    ("footfall/spark/branches.py", "footfall run"): "tables another program changed; tests/spark/test_spark_layout.py",
    ("footfall/spark/branches.py", "footfall run --full-refresh"): "another program's change; tests/spark tries it",
    ("footfall/spark/faults.py", "footfall doctor"): "a Spark that does not answer; tests/unit/test_change_engine.py",
    ("footfall/spark/faults.py", "footfall run --full-refresh"): "a damaged file of Iceberg; tests/spark tries it",
    ("footfall/spark/tables.py", "footfall run --full-refresh"): "another program's change; tests/spark tries it",
    ("orchestration/defs/publish/assets.py", "footfall run"): "a selection in Dagster's pages; any run is complete",
}


@cache
def _functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_command_that_a_message_names_is_tried_by_a_test() -> None:
    known = TRIED.keys() | NOT_TRIED.keys()
    assert sorted(printed().keys() - known) == [], "a test has to try these; then put them here"
    assert sorted(known - printed().keys()) == [], "no message names these any more"


@pytest.mark.parametrize("test", sorted({test for tests in TRIED.values() for test in tests}))
def test_the_tests_that_try_them_exist(test: str) -> None:
    path, name = test.split("::")
    assert name in _functions(path)


def test_the_search_reads_parts_of_messages_and_leaves_out_help_and_docstrings() -> None:
    for _, command in printed():
        assert re.fullmatch(r"footfall [a-z]+( [a-z]+)?( --[a-z-]+| \{\}| [A-Z]+| [a-z]+)*", command), command
    assert any("{}" in command for _, command in printed())
    assert not any(module.endswith("export_warehouse.py") for module, _ in printed())

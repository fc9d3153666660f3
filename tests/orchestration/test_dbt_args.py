"""What dbt is given, by home and settings."""

from pathlib import Path

from footfall.core.home import Home
from footfall.core.settings import DuckDBSettings, Settings
from footfall.transform import dbt_args

HOME = Home(Path("/somewhere/home"))


def test_the_nightly_build_leaves_unit_tests_to_ci():
    arguments = dbt_args.build_arguments(HOME, is_full_refresh=False)
    assert "build" in arguments
    assert arguments[arguments.index("--exclude-resource-type") + 1] == "unit_test"


def test_only_a_full_refresh_has_the_flag():
    assert "--full-refresh" in dbt_args.build_arguments(HOME, is_full_refresh=True)
    assert "--full-refresh" not in dbt_args.build_arguments(HOME, is_full_refresh=False)


def test_everything_dbt_writes_is_in_the_home_and_not_with_the_code():
    for arguments in (dbt_args.parse_arguments(HOME), dbt_args.build_arguments(HOME, is_full_refresh=False)):
        for option in ("--target-path", "--log-path"):
            assert Path(arguments[arguments.index(option) + 1]).is_relative_to(HOME.warehouse)
        assert Path(arguments[arguments.index("--project-dir") + 1]) == dbt_args.PROJECT


def test_the_environment_names_the_files_and_limits_of_the_home():
    values = dbt_args.environment(HOME, Settings(duckdb=DuckDBSettings(memory_limit="1GB", threads=2)))
    assert values["FOOTFALL_WAREHOUSE_FILE"] == str(HOME.warehouse_file)
    assert values["FOOTFALL_MARTS_FILE"] == str(HOME.marts_file)
    assert (values["FOOTFALL_MEMORY_LIMIT"], values["FOOTFALL_THREADS"]) == ("1GB", "2")


def test_every_variable_of_the_profile_is_set():
    import re

    profile = (dbt_args.PROJECT / "profiles.yml").read_text(encoding="utf-8")
    named = set(re.findall(r"env_var\('(\w+)'", profile))
    # only where nobody sets the others does FOOTFALL_HOME matter, and FOOTFALL_FIXTURES where there is no home
    assert named - {"FOOTFALL_HOME", "FOOTFALL_FIXTURES"} <= set(dbt_args.environment(HOME, Settings()))
    assert len(named) > 5


def test_dbt_sends_no_statistics():
    assert dbt_args.environment(HOME, Settings())["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "0"

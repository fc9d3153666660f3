"""Check results as Dagster shows them."""

import dagster as dg

from footfall.checks.result import CheckResult
from orchestration.defs.results import to_asset_checks


def test_a_check_that_had_nothing_to_look_at_has_passed() -> None:
    [shown] = to_asset_checks([], dg.AssetKey("raw"), "batch")
    assert shown.passed
    one = CheckResult("load", "batch", "failed", is_blocking=True, message="too many")
    [shown] = to_asset_checks([one], dg.AssetKey("raw"), "batch")
    assert not shown.passed

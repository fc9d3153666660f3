"""dbt's data tests and the checks on the finished marts, as Dagster shows them and as the run uses them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from footfall.checks.result import CheckResult
from footfall.core.errors import FootfallError
from footfall.core.explain import find_shortage
from footfall.transform.dbt_args import artifacts_folder
from footfall.transform.dbt_runner import Node
from orchestration.defs.results import as_table
from orchestration.defs.transform.translator import TESTS, FootfallTranslator, node_of_test
from orchestration.run_context import RunContext

_FAILED = ("fail", "error", "runtime error")


def as_dagster(
    nodes: Sequence[Node], manifest: Mapping[str, Any], translator: FootfallTranslator,
    selected: Sequence[str] | None = None,
) -> Iterator[dg.AssetCheckResult]:
    """One check result a model (of those selected), with a table of its tests; none where its tests were skipped."""
    by_model: dict[str, list[Node]] = defaultdict(list)
    # a model that is part of the queries of others is no asset: its tests are in `as_results` alone
    parts = {name for name, node in manifest["nodes"].items() if node["config"].get("materialized") == "ephemeral"}
    for node in nodes:
        home = node_of_test(manifest, node.unique_id) if node.kind == "test" else None
        if home in parts:
            continue
        if home is not None and node.status != "skipped" and (selected is None or home in selected):
            by_model[home].append(node)
    for model, tests in by_model.items():
        failed = [test for test in tests if test.status in _FAILED]
        yield dg.AssetCheckResult(
            asset_key=translator.get_asset_spec(manifest, model, None).key,
            check_name=TESTS,
            passed=not failed,
            severity=dg.AssetCheckSeverity.ERROR,
            description="; ".join(f"{test.name}: {test.failures:,} rows" for test in failed) or None,
            metadata={"tests": len(tests), "failed rows": sum(test.failures for test in tests), "list": _table(tests)},
        )


def as_results(nodes: Sequence[Node]) -> list[CheckResult]:
    """The tests that did not pass, one result each, and one for all that did."""
    tests = [node for node in nodes if node.kind == "test"]
    passed = [node for node in tests if node.status == "pass"]
    results = [
        CheckResult(
            stage="dbt", name="data_tests", status="passed", is_blocking=True, rows=None,
            message=f"{len(passed)} data tests passed.", observed=str(len(passed)),
        )
    ]
    for node in tests:
        if node.status in ("pass", "skipped"):
            continue
        has_crashed = node.status not in ("fail", "warn")
        results.append(
            CheckResult(
                stage="dbt", name=node.name, status="crashed" if has_crashed else "failed",
                is_blocking=node.status != "warn", rows=None if has_crashed else node.failures,
                message=node.message, observed=str(node.failures),
            )
        )
    return results


def require_models(run_context: RunContext) -> None:
    """Raise where a model could not be built; that is the run's failure, not the data's.

    Raises:
        DiskFull, NotEnoughMemory: for lack of room.
        FootfallError: for another reason; names the model, its file and dbt's log.
    """
    broken = [node for node in run_context.nodes if node.kind != "test" and node.status not in ("success", "skipped")]
    if broken:
        first = broken[0]
        if shortage := find_shortage(RuntimeError(first.message), run_context.home):
            shortage.where = f"{shortage.where}; the {first.kind} {first.name}"
            raise shortage
        raise FootfallError(
            f"The {first.kind} {first.name} could not be built: {first.message}", where=f"dbt_project/{first.path}",
            hint=f"What was published stays. See {artifacts_folder(run_context.home) / 'dbt.log'}.",
        )


def _table(tests: Sequence[Node]) -> dg.TableMetadataValue:
    return as_table(("test", "status", "rows"), [(test.name, test.status, test.failures) for test in tests])

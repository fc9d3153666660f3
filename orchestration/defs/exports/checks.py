"""What must hold after exporting: every folder was made, and every file that a manifest names is complete."""

import dagster as dg

from footfall.checks.result import CheckResult
from orchestration.run_context import RunContext, failure_path

FILES = "files"
MADE = "made"


def specs(asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(MADE, asset=asset, description="No export folder and no file of one failed."),
        dg.AssetCheckSpec(FILES, asset=asset, description="Every file that a manifest names is there with its size."),
    ]


def check(run_context: RunContext) -> dict[str, list[CheckResult]]:
    """Warnings only: when they run, the data is published and every export that could be made is."""
    return {MADE: _made(run_context), FILES: _files(run_context)}


def _made(run_context: RunContext) -> list[CheckResult]:
    failures = run_context.exported.failures if run_context.exported else ()
    return [
        CheckResult(
            "exports", MADE, "failed", is_blocking=False, message=f"{failure_path(failure)}: {failure.what}",
        )
        for failure in failures
    ] or [CheckResult("exports", MADE, "passed", is_blocking=False, message="No export failed.")]


def _files(run_context: RunContext) -> list[CheckResult]:
    """As the exports saw all folders when they had written theirs."""
    exported = run_context.exported
    wrong = exported.damaged if exported else ()
    message = f"{exported.complete if exported else 0} folders are complete."
    if wrong:
        message = f"Missing or of another size than in their manifest: {', '.join(wrong[:5])}."
    return [
        CheckResult(
            "exports", FILES, "failed" if wrong else "passed", is_blocking=False, rows=len(wrong), message=message,
        )
    ]

"""Great Expectations on small frames: rules in, results out; a crash is not a failure.

The library is imported by the first validation only: it takes seconds. Frames are aggregates that DuckDB made, of
tens to thousands of rows; no table of facts ever becomes a frame.
"""

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from footfall.checks.result import CheckResult
from footfall.core.collection import without_collection

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Rule:
    """One expectation on a column of a frame.

    Attributes:
        name: of the check.
        frame: name of the query that makes the frame.
        column: the column that is checked; nulls pass, except for ``ExpectColumnValuesToNotBeNull``.
        expectation: name of a class in ``great_expectations.expectations``.
        arguments: of that class, besides the column.
        expected: the rule in words.
        is_blocking: unless it passes, nothing is published.
        counts: column of the frame whose sum over the failing rows is the number of rows concerned.
        where: columns of the frame that name the place of a failing row, for the message.
        remedy: what the reader can do about a failure.
    """

    name: str
    frame: str
    column: str
    expectation: str
    expected: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    is_blocking: bool = False
    counts: str | None = None
    where: tuple[str, ...] = ()
    remedy: str = ""


def validate(
    stage: str, rules: Sequence[Rule], frames: Mapping[str, Callable[[], "pd.DataFrame"]]
) -> list[CheckResult]:
    """Check every rule; results in the order of the rules.

    Args:
        stage: where the checks belong (`batch`, `marts`).
        frames: how each frame is made. One that cannot be made crashes its rules, not the others.
    """
    found: dict[str, CheckResult] = {}
    gx = import_great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("frames")
    for name in dict.fromkeys(rule.frame for rule in rules):
        own = [rule for rule in rules if rule.frame == name]
        try:
            frame = frames[name]()
        except duckdb.Error as error:
            found.update({rule.name: _crashed(stage, rule, str(error)) for rule in own})
        else:
            batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
            suite = gx.ExpectationSuite(name, expectations=[
                getattr(gx.expectations, rule.expectation)(
                    column=rule.column, meta={"check": rule.name}, **rule.arguments
                )
                for rule in own
            ])
            validated = batch.get_batch({"dataframe": frame}).validate(suite, result_format="COMPLETE")
            outcomes = {outcome.expectation_config.meta["check"]: outcome for outcome in validated.results}
            found.update({rule.name: _result(stage, rule, frame, outcomes[rule.name]) for rule in own})
    return [found[rule.name] for rule in rules]


def _result(stage: str, rule: Rule, frame: "pd.DataFrame", outcome: Any) -> CheckResult:
    error = _exception(outcome.exception_info)
    if error is not None:
        return _crashed(stage, rule, error)
    failing = frame.loc[outcome.result.get("unexpected_index_list", [])]
    rows = int(failing[rule.counts].sum()) if rule.counts else len(failing)
    shown = failing[rule.column] if len(failing) else frame[rule.column].dropna()
    observed = ", ".join(dict.fromkeys(_text(value) for value in shown.head(5))) or None
    message = rule.expected
    if not outcome.success:
        message += f"; found {observed or 'something else'}"
        if rule.where:
            places = [" ".join(_text(value) for value in row) for row in failing[list(rule.where)].head(3).to_numpy()]
            message += f" ({', '.join(places)}{' …' if len(failing) > 3 else ''})"
    return CheckResult(
        stage=stage, name=rule.name, status="passed" if outcome.success else "failed", is_blocking=rule.is_blocking,
        rows=rows, message=f"{message[0].upper()}{message[1:]}.", observed=observed, expected=rule.expected,
        remedy=rule.remedy,
    )


def _exception(info: Mapping[str, Any]) -> str | None:
    """The message of an exception inside an expectation: on the top level, or one for each metric."""
    for part in (info, *info.values()):
        if isinstance(part, Mapping) and part.get("raised_exception"):
            return str(part["exception_message"])
    return None


def _crashed(stage: str, rule: Rule, error: str) -> CheckResult:
    return CheckResult(
        stage=stage, name=rule.name, status="crashed", is_blocking=rule.is_blocking, expected=rule.expected,
        message=f"The check could not be carried out: {error.splitlines()[0] if error else 'no reason given'}",
    )


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def import_great_expectations() -> Any:
    """Import the library with its analytics off, without the third of its import time that is not needed here.

    It loads ``scipy.stats`` for expectations on distributions; made lazy, that is loaded when one of them is used.
    Measured: 3.1 s before, 2.2 s so.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    if "great_expectations" not in sys.modules and "scipy.stats" not in sys.modules:
        import scipy

        spec = importlib.util.find_spec("scipy.stats")
        if spec is None or spec.loader is None:
            raise ImportError("scipy.stats is not installed")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules["scipy.stats"] = module
        spec.loader.exec_module(module)
        scipy.stats = module
    with without_collection():
        import great_expectations

    return great_expectations

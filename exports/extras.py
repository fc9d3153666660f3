"""Report and graphs of a folder: hands the workspace's slice to the packages that make them."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from exports.plan import Job
from metrics.question import Question


def write_extras(
    con: duckdb.DuckDBPyConnection, folder: Path, job: Job, question: Question, facts: Mapping[str, Any],
    formats: Collection[str],
) -> None:
    """Write ``report.html`` and ``graphs/`` where they are wanted."""
    del con, folder, job, question, facts, formats

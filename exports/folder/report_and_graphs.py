"""Report and graphs of a folder: hands the workspace's slice to the packages that make them."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import duckdb

from exports.folder.failure import FailedFile, contain
from exports.plan.plan import Job
from footfall.core.vocabulary import vocabulary

REPORT = "report.html"
GRAPHS = "graphs"
GRAPH_FORMATS = vocabulary().picture_formats


def write_report_and_graphs(
    con: duckdb.DuckDBPyConnection, folder: Path, job: Job, facts: Mapping[str, Any], formats: Collection[str],
    workbook: str, failed: list[FailedFile],
) -> dict[str, int]:
    """Write ``report.html`` and ``graphs/`` where they are wanted.

    Graphs are about a whole workspace; a folder about one person has no graphs.

    Args:
        facts: the answer ``data_facts`` of this folder's question.
        workbook: the name of the workbook in this folder.
        failed: a report or graph that cannot be made is added here.

    Returns:
        Rows by file, for the files that have rows: the visits inside the report.
    """
    rows: dict[str, int] = {}
    span = job.range
    if "html" in formats:
        has_workbook = "xlsx" in formats and (folder / workbook).exists()
        with contain(folder, REPORT, failed):
            # Imported when needed: Altair and the renderer take a second.
            from exports.report.build import write_report

            counts = write_report(
                con, job.workspace_id, span.start, span.end, folder / REPORT, user_id=job.user_id,
                workbook=workbook if has_workbook else None, folder=job.folder.as_posix(), facts=facts,
                days=job.report_days, has_people=job.report_people == "all" or job.user_id is not None,
            )
            rows[REPORT] = counts["visits"]
    wanted = [one for one in GRAPH_FORMATS if one in formats]
    if wanted and job.user_id is None:
        from exports.graphs.build import write_graphs

        (folder / GRAPHS).mkdir()
        with contain(folder, GRAPHS, failed):
            write_graphs(
                con, job.workspace_id, span.start, span.end, folder / GRAPHS, wanted,
                contain=lambda name: contain(folder, f"{GRAPHS}/{name}", failed),
            )
    return rows

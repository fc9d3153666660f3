"""A build of everything that was loaded, in parts: the memory it needs does not grow with the size of a backfill."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from footfall.core.home import Home
from footfall.core.progress import Progress, quiet
from footfall.core.settings import Settings
from footfall.transform.build_sources import BuildSources, bind, finish, mark_built
from footfall.transform.dbt_args import PROJECT
from footfall.transform.dbt_runner import Node, build
from footfall.transform.engine import engine_of

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

#: Statuses of nodes with which the tables are not what the models say, from the worst on.
UNFINISHED = ("error", "runtime error", "fail", "skipped")


def build_in_parts(
    home: Home, settings: Settings, *, is_full_refresh: bool = False, manifest: "Manifest | None" = None,
    progress: Progress = quiet,
) -> tuple[BuildSources, list[Node]]:
    """Build and test everything that was loaded since the last build; ``finish`` and ``mark_built`` are the caller's.

    A part ends with a commit, as a night does, and is marked as built before the next one begins: a build that is
    interrupted goes on where it was. Where a node of a part fails, no later part is built.

    Returns:
        What was taken in, and one result a node: seconds and failures of all parts.

    Raises:
        FootfallError: dbt could not start, or the sources cannot be had.
        SparkLost: the Spark that builds has ended, or no longer answers.
        TablesLost: files of Spark's tables are missing or damaged.
    """
    most_rows = engine_of(home, settings).part_rows
    nodes: list[Node] = []
    whole: BuildSources | None = None
    while True:
        sources = bind(
            home, PROJECT, settings, full_refresh=is_full_refresh and whole is None,
            may_lack_rows=settings.retention.rebuild_without_raw, most_rows=most_rows,
        )
        if sources.lost:
            progress(f"{sources.lost} Every table is built again from the lake.")
        if sources.has_more or whole is not None:
            progress(f"Building commits {sources.since_seq + 1} to {sources.head_seq} of {sources.lake_seq}.")
        found = build(home, settings, is_full_refresh=sources.is_full, manifest=manifest, progress=progress)
        nodes = add_results(nodes, found)
        whole = sources if whole is None else sources.after(whole)
        if not sources.has_more or is_unfinished(found):
            return whole, nodes
        finish(home, sources, settings, progress)
        mark_built(home, sources, settings)


def is_unfinished(nodes: Sequence[Node]) -> bool:
    """Whether a node failed, so that the tables are not what the models say."""
    return any(node.status in UNFINISHED for node in nodes)


def add_results(earlier: Sequence[Node], later: Sequence[Node]) -> list[Node]:
    """Results of two builds as one each node: time and failures of both, and the status and message of the worse."""
    before = {node.unique_id: node for node in earlier}
    return [_add(before[node.unique_id], node) if node.unique_id in before else node for node in later]


def _add(one: Node, other: Node) -> Node:
    worse = one if _badness(one) > _badness(other) else other
    return replace(worse, failures=one.failures + other.failures, seconds=round(one.seconds + other.seconds, 3))


def _badness(node: Node) -> int:
    order = ("success", "pass", "warn", *reversed(UNFINISHED))
    return order.index(node.status) if node.status in order else len(order)

"""A large build in parts: where they end, and how their results become those of one build."""

import os
from datetime import date
from pathlib import Path

import pytest

from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import Commit
from footfall.transform.build_parts import add_results, build_in_parts
from footfall.transform.build_sources import BuildSources, changed_dates, first_part
from footfall.transform.dbt_runner import Node, parse
from footfall.transform.duckdb_engine import DuckDBEngine
from tests.support.lake import line
from tests.support.warehouse import Warehouse


def parts(most: int | None, *rows: int) -> list[list[int]]:
    """New events of each commit of each part."""
    commits = [
        Commit(place, "load", "run", "2026-11-02", "", events={"added_rows": added} if added else {})
        for place, added in enumerate(rows, start=1)
    ]
    found = []
    while commits:
        part = first_part(commits, most)
        found.append([commit.events.get("added_rows", 0) for commit in part])
        commits = commits[len(part):]
    return found


def test_parts_are_few_and_about_as_large_as_each_other() -> None:
    assert [sum(part) for part in parts(3_000, *[245] * 20)] == [2_450, 2_450]
    assert [sum(part) for part in parts(3_000, *[245] * 80)] == [2_940, 2_940, 2_940, 2_695, 2_695, 2_695, 2_695]


def test_a_part_ends_before_a_commit_that_is_too_large_for_it() -> None:
    assert parts(3_000, 10, 10, 5_000, 10) == [[10, 10], [5_000], [10]]


def test_commits_without_new_events_make_no_part_of_their_own() -> None:
    assert parts(3, 0, 0, 5, 0, 0) == [[0, 0, 5, 0, 0]]


def test_there_is_one_part_where_everything_fits_or_nothing_is_limited() -> None:
    assert parts(10, 4, 6) == [[4, 6]]
    assert parts(None, 4_000_000, 6_000_000) == [[4_000_000, 6_000_000]]


def node(name: str, status: str, failures: int = 0, seconds: float = 1.0) -> Node:
    return Node(name, name, "test", status, failures, f"{status} {failures}", seconds, "")


def test_a_node_has_the_time_of_all_parts_and_its_worst_result() -> None:
    earlier = [node("a", "warn", 2), node("b", "pass"), node("c", "pass")]
    later = [node("a", "pass"), node("b", "fail", 3, 0.5), node("c", "skipped")]
    assert add_results(earlier, later) == [
        Node("a", "a", "test", "warn", 2, "warn 2", 2.0, ""), Node("b", "b", "test", "fail", 3, "fail 3", 1.5, ""),
        Node("c", "c", "test", "skipped", 0, "skipped 0", 2.0, ""),
    ]
    assert add_results([], later) == later


def test_an_interrupted_build_goes_on_with_the_part_it_was_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(DuckDBEngine, "part_rows", 1)
    warehouse = Warehouse.at(tmp_path)
    for day in (2, 3):
        warehouse.land_events(date(2026, 11, day), "a.jsonl", [line(f"{day}", receivedAt=f"2026-11-0{day}T10:00:00Z")])
        warehouse.load(f"run-{day}")
    manifest, reported = parse(warehouse.home, warehouse.settings), []

    def stop_at_the_second(message: str) -> None:
        reported.append(message)
        if message.startswith("Building commits 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_in_parts(warehouse.home, warehouse.settings, manifest=manifest, progress=stop_at_the_second)
    assert reported[0] == "Building commits 1 to 1 of 2."
    sources, nodes = build_in_parts(warehouse.home, warehouse.settings, manifest=manifest)
    assert (sources.since_seq, sources.head_seq, sources.parts, sources.has_more) == (1, 2, 1, False)
    assert {one.status for one in nodes} == {"success", "pass", "warn"}  # the event is not in the catalogue
    assert len(warehouse.tables(["fct_events"])["fct_events"]) == 2


def test_what_two_parts_took_in_is_what_one_build_would_have() -> None:
    def part(since: int, head: int, *, is_full: bool, day: int) -> BuildSources:
        return BuildSources(head, since, head, 4, is_full, is_full, (date(2026, 11, day),), None, "f")

    whole = part(2, 4, is_full=False, day=3).after(part(0, 2, is_full=True, day=2))
    assert whole == BuildSources(4, 0, 4, 4, True, True, (date(2026, 11, 2), date(2026, 11, 3)), None, "f", 2)
    assert changed_dates(Home(Path("nowhere")), whole) is None

"""A dirty sample, loaded: the ledger equals an independent count, and every planted fault is where it belongs.

``FOOTFALL_SAMPLE_DAYS`` and ``FOOTFALL_SAMPLE_PARTICIPANTS`` make it larger (1,000,000 lines: 9 days of 3,000).
"""

import gzip
import hashlib
import itertools
import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from footfall.core.database import connect
from footfall.core.home import Home
from footfall.ingestion.lake.commit_log import live_commits, read_commits
from footfall.ingestion.ledger.ledger import read_lake
from footfall.sample.generate import generate
from tests.support import answer_key
from tests.support.lake import Lake
from tests.support.warehouse import Warehouse

# One worker for all tests of the file: the home that they read takes long to build.
pytestmark = pytest.mark.xdist_group("answer_key")

DAYS = int(os.environ.get("FOOTFALL_SAMPLE_DAYS", "3"))
PARTICIPANTS = int(os.environ.get("FOOTFALL_SAMPLE_PARTICIPANTS", "40"))
OUTCOMES = ("lines_in", "loaded", "duplicates", "quarantined", "no_consent")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    home = Home(tmp_path_factory.mktemp("dirty")).ensure()
    generate(home, workspaces=3, participants=PARTICIPANTS, days=DAYS, start=date(2026, 9, 7), seed=11, dirty=0.08)
    made = Warehouse.at(home.root)
    result = made.load("dirty")
    assert result.displaced > 0, "copies that win over a line of an earlier night are in the sample"
    made.build()
    return made


@pytest.fixture(scope="module")
def lines(warehouse: Warehouse) -> list[answer_key.Line]:
    return answer_key.expected_outcomes(warehouse.home.root)


def _quarantine(home: Home) -> dict[tuple[str, int], tuple[str, bytes | None]]:
    """(file, line) -> (reason, exact bytes) of every quarantined line; no bytes where its text is withheld."""
    files = [str(home.root / path) for commit in live_commits(read_commits(home)) for path in commit.quarantine]
    with connect() as connection:
        rows = connection.execute(
            "select file, line_number, reason, raw, raw_bytes from read_parquet(?) where line_number is not null",
            [files],
        ).fetchall()
    return {
        (file, number): (reason, raw_bytes if raw_bytes is not None or raw is None else raw.encode())
        for file, number, reason, raw, raw_bytes in rows
    }


def _line(home: Home, file: str, number: int) -> bytes:
    with gzip.open(home.root / file, "rb") as lines:
        return next(itertools.islice(lines, number - 1, None)).rstrip(b"\r\n")


def test_the_ledger_equals_an_independent_count_of_the_files(warehouse: Warehouse, lines: list) -> None:
    expected = {file: {name: counts[name] for name in OUTCOMES} for file, counts in answer_key.ledger(lines).items()}
    ledger = [row for row in read_lake(warehouse.home).ledger if row["file"] in expected]
    assert {row["file"]: {name: row[name] for name in OUTCOMES} for row in ledger} == expected
    for row in ledger:
        parts = ("loaded", "duplicates", "quarantined", "no_consent", "erased")
        assert row["lines_in"] == sum(row[name] for name in parts)


def test_repaired_values_are_those_of_an_independent_count(warehouse: Warehouse, lines: list) -> None:
    expected = answer_key.repaired_values(lines)
    ledger = [row for row in read_lake(warehouse.home).ledger if row["file"].startswith("landing/events/")]
    found = {row["file"]: {value: n for value, n in row["repaired_values"].items() if n} for row in ledger}
    assert {file: counts for file, counts in found.items() if counts} == expected != {}
    repaired = Counter(line.file for line in lines if line.repaired)
    assert {row["file"]: row["repaired"] for row in ledger if row["repaired"]} == repaired


def test_repaired_values_of_entities_are_those_of_an_independent_count(warehouse: Warehouse) -> None:
    expected = answer_key.repaired_entities(warehouse.home.root)
    ledger = [row for row in read_lake(warehouse.home).ledger if row["file"].startswith("landing/entities/")]
    found = {row["file"]: {value: n for value, n in row["repaired_values"].items() if n} for row in ledger}
    assert {file: counts for file, counts in found.items() if counts} == expected
    assert set().union(*expected.values()) == {
        "deleted_at: bad_timestamp", "joined_at: bad_timestamp", "role: unknown_value", "title: broken_character",
    }
    assert all(row["quarantined"] == 0 for row in ledger)


def test_every_quarantined_line_is_there_with_its_reason_and_exact_bytes(warehouse: Warehouse, lines: list) -> None:
    expected = {
        (line.file, line.number): (line.reason, line.sha256) for line in lines if line.outcome == answer_key.QUARANTINED
    }
    quarantine = _quarantine(warehouse.home)
    found = {key: (reason, hashlib.sha256(raw or b"").hexdigest()) for key, (reason, raw) in quarantine.items()}
    # An unreadable line that may lack consent is there without its text, for that alone.
    for key in [key for key, (_, raw) in quarantine.items() if raw is None]:
        line = _line(warehouse.home, *key)
        assert b"consent" in line or b"browser" in line, "it shows no sign of a refusal: why is it withheld?"
        with pytest.raises(ValueError):
            json.loads(line)
        found[key] = found[key][0], hashlib.sha256(line).hexdigest()
    assert len({reason for reason, _ in expected.values()}) == 13
    assert found == expected


def test_every_planted_fault_ends_where_the_answer_key_says(warehouse: Warehouse, lines: list) -> None:
    with gzip.open(warehouse.home.root / "sample_answer_key.jsonl.gz", "rt", encoding="utf-8") as file:
        key = [json.loads(line) for line in file]
    fates = {(line.file, line.number): (line.outcome, line.reason) for line in lines}
    blank = ("no_line", None)
    wrong = [
        row for row in key
        if fates.get((row["file"], row["line_number"]), blank) != (row["outcome"], row["reason"])
    ]
    assert len(key) > 200 and wrong == []


def test_the_live_rows_are_the_good_lines(warehouse: Warehouse, lines: list) -> None:
    lake = Lake(warehouse.home.root)
    names = {row["file_id"]: row["file"] for row in lake.ledger().values()}
    live = {(names[row["file_id"]], row["line_number"]) for row in lake.live().values()}
    assert live == {(line.file, line.number) for line in lines if line.outcome == answer_key.LOADED}


def test_every_good_line_is_in_the_events_table_once(warehouse: Warehouse, lines: list) -> None:
    good = {(line.file, line.number) for line in lines if line.outcome == answer_key.LOADED}
    expected = Counter()
    for path in sorted({file for file, _ in good}):
        with gzip.open(Path(warehouse.home.root, path), "rb") as file:
            for number, raw in enumerate(file, start=1):
                if (path, number) in good:
                    event = json.loads(raw)
                    expected[event.get("messageId")] += 1
    with warehouse.marts() as connection:
        rows = connection.execute("select message_id, count(*) from built.marts.fct_events group by all").fetchall()
    assert dict(rows) == dict(expected)

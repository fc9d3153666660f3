"""A dirty sample loaded, against an independent count of its files in plain Python."""

import hashlib
from pathlib import Path

from footfall.sample.generate import generate
from tests.support import answer_key
from tests.support.lake import Lake


def test_ledger_quarantine_and_live_rows_equal_an_independent_count_of_every_line(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    sampled = generate(lake.home, workspaces=2, participants=60, days=3, dirty=0.15)
    assert min(sampled.planted.values()) > 0
    result = lake.load()
    lines = answer_key.expected_outcomes(tmp_path)

    ledger = {row["file"]: row for row in lake.ledger().values() if row["kind"] == "events"}
    counts = ("lines_in", "loaded", "duplicates", "quarantined", "no_consent")
    counted = answer_key.ledger(lines)
    assert {file: {name: row[name] for name in counts} for file, row in ledger.items()} == {
        file: {name: of_file[name] for name in counts} for file, of_file in counted.items()
    }

    expected = {(line.file, line.number, line.reason): line.sha256 for line in lines if line.reason}
    found = {(row["file"], row["line_number"], row["reason"]): _digest(row) for row in lake.quarantine()}
    assert found == expected

    names = {row["file_id"]: file for file, row in ledger.items()}
    live = {(names[row["file_id"]], row["line_number"]) for row in lake.live().values()}
    assert live == {(line.file, line.number) for line in lines if line.outcome == answer_key.LOADED}
    assert result.displaced > 0


def _digest(row: dict) -> str:
    exact = row["raw_bytes"] if row["raw_bytes"] is not None else row["raw"].encode()
    return hashlib.sha256(exact).hexdigest()
